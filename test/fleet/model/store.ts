import { Ledger } from '../../../src/fleet/ledger.ts'
import { type FleetAnswer, type FleetRound, longestStep } from '../../../src/fleet/types.ts'
import type { World } from './world.ts'

/** A ledger that is what it was some rounds ago where it fails over, and whose clock does what it likes. */
export class ModelStore {
  ledger = new Ledger()
  run = 1
  offset = 0
  frozen = false
  #log: { readonly round: FleetRound; readonly now: number; readonly run: number }[] = []

  exchange(round: FleetRound, now: number): FleetAnswer | null {
    this.#log.push({ round, now: now + this.offset, run: this.run })
    return this.ledger.exchange(round, now + this.offset, String(this.run))
  }

  /** It is there for long enough to have learnt. */
  learn({ ttl, floor, maxMembers, maxConnections }: World, now: number): void {
    const round = { member: 'first', ttl, floor, maxMembers, maxConnections, floored: false, have: 0, want: 0 }
    for (let number = 9; number >= 0; number--) {
      this.exchange({ ...round, round: 10 - number, leaves: number === 0 }, now - number * longestStep(ttl))
    }
  }

  loseAll(sameServer: boolean): void {
    this.ledger = new Ledger()
    this.#log = []
    if (!sameServer) this.run++
  }

  failOver(lost: number): void {
    this.#log = this.#log.slice(0, Math.max(0, this.#log.length - lost))
    this.ledger = new Ledger()
    for (const { round, now, run } of this.#log) this.ledger.exchange(round, now, String(run))
    this.run++
  }
}
