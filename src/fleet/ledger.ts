import { type FleetAnswer, type FleetRound, longestStep } from './types.ts'

interface Entry {
  round: number
  /** What counts as its, beyond its floor. */
  held: number
  want: number
  /** What may be leased in all, as it was told. */
  total: number
  floored: boolean
  /** By the ledger's own time. */
  expires: number
}

/**
 * Who has how much of one fleet's budget. The script of `redisStore` is the same in Lua, step by step, and a test compares them.
 *
 * A member is given more only from what nobody has, and counts with what it has not closed yet; one that is silent for its ttl has let go by itself
 * before. A ledger that is new, or whose entries another store has kept, may know less than there is: for one ttl it gives nobody more.
 */
export class Ledger {
  readonly #members = new Map<string, Entry>()
  /** Its time goes on with the store's clock, never backwards and never by leaps: who has expired must have been silent that long. */
  #time = 0
  #last: number | undefined
  #learnsUntil = 0
  #run: string | undefined
  readonly #learns: boolean

  /** @param learns false for one before which there can have been no other */
  constructor(learns = true) {
    this.#learns = learns
  }

  /**
   * @param now milliseconds by whatever clock the store has
   * @param run what tells this store from the one that it was before
   */
  exchange(round: FleetRound, now: number, run = ''): FleetAnswer | null {
    const step = longestStep(round.ttl)
    this.#advance(now, step)
    this.#forget()
    if (this.#learns && run !== this.#run) this.#learnsUntil = this.#time + round.ttl + step
    this.#run = run
    const learning = this.#learnsUntil > this.#time
    const known = this.#members.get(round.member)
    if (known !== undefined && known.round >= round.round) return null
    this.#members.delete(round.member)
    if (round.leaves) return { grant: 0, free: 0, members: this.#members.size, floored: false, learning }
    const floored = this.#floors(round, known)
    // Its floor is within what it has open, or it is not, as the ledger sees it.
    const have = round.floored === floored ? round.have : Math.max(0, round.have + (floored ? -round.floor : round.floor))
    const total = this.#totalWith(round.maxConnections - round.floor * round.maxMembers)
    const others = [...this.#members.values()].reduce((sum, { held }) => sum + held, 0)
    const basis = learning ? have : Math.min(have, known?.held ?? 0)
    const grant = learning ? have : this.#grant(round, basis, total, others)
    const held = Math.max(grant, have)
    this.#members.set(round.member, {
      ...{ round: round.round, held, want: round.want, floored, expires: this.#time + round.ttl + step },
      total: round.maxConnections - round.floor * round.maxMembers,
    })
    return { grant, free: Math.max(0, total - others - held), members: this.#members.size, floored, learning }
  }

  #advance(now: number, step: number): void {
    if (this.#last !== undefined) this.#time += Math.max(0, Math.min(now - this.#last, step))
    this.#last = now
  }

  #forget(): void {
    for (const [member, { expires }] of this.#members) if (expires <= this.#time) this.#members.delete(member)
  }

  /** One keeps its floor; another gets one while there are any. */
  #floors({ maxMembers }: FleetRound, known: Entry | undefined): boolean {
    return known?.floored || [...this.#members.values()].filter(({ floored }) => floored).length < maxMembers
  }

  /** While members are told different budgets the least counts. */
  #totalWith(own: number): number {
    return Math.max(0, Math.min(own, ...[...this.#members.values()].map(({ total }) => total)))
  }

  #grant({ member, want }: FleetRound, basis: number, total: number, others: number): number {
    const target = this.#fairShare(member, want, total)
    if (target > basis) return Math.max(basis, Math.min(target, total - others))
    // What nobody is short of stays where its connections are open.
    const isShort = [...this.#members.values()].some((other) => other.want > other.held)
    return isShort ? target : Math.max(target, Math.min(basis, total - others))
  }

  /** Max-min: who wants less than an equal part has what it wants, and the others share the rest. */
  #fairShare(member: string, want: number, total: number): number {
    const wants = [...this.#members].map(([name, entry]) => ({ name, want: entry.want })).concat({ name: member, want })
    wants.sort((one, other) => one.want - other.want || (one.name < other.name ? -1 : 1))
    let left = total
    for (const [index, one] of wants.entries()) {
      const part = Math.min(one.want, Math.floor(left / (wants.length - index)))
      if (one.name === member) return part
      left -= part
    }
    return 0
  }
}
