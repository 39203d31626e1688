import type { Alarm } from './clock.ts'
import type { Connection, Lane } from './entities.ts'
import type { ReadyPool } from './keep-ready.ts'

/** One call of `preconnect` that has connections under way. */
interface Call {
  readonly lane: Lane
  left: number
  readonly resolve: (count: number) => void
}

/** As long as a timer can be set to. */
const forever = 0x7fffffff

/** The calls of `preconnect`: each is told when every connection that it waits for is there or has failed. */
export class Preconnects {
  readonly #pool: ReadyPool
  readonly #calls = new Map<Connection, Call[]>()
  /** Keeps the process alive for those who wait, as nothing that is opened ahead does. */
  readonly #alarm: Alarm

  constructor(pool: ReadyPool) {
    this.#pool = pool
    this.#alarm = pool.clock.alarm(() => this.#alarm.set(forever))
  }

  /** Opens what is missing at `count` idle connections of the lane, as far as limits allow; resolves with how many there are. */
  open(lane: Lane, count: number): Promise<number> {
    const pending = this.#underWay(lane)
    for (let missing = count - idleIn(lane) - pending.length; missing > 0; missing--) {
      const origin = this.#pool.registry.origin(lane.origin.key)
      if (!origin.limits.keepAlive || !this.#pool.mayOpen(origin)) break
      const connection = this.#pool.open(lane)
      if (connection.state === 'opening') pending.push(connection)
    }
    if (pending.length === 0) return Promise.resolve(idleIn(lane))
    const { promise, resolve } = withResolvers()
    const call = { lane, left: pending.length, resolve }
    for (const connection of pending) this.#calls.set(connection, [...(this.#calls.get(connection) ?? []), call])
    this.#alarm.set(forever)
    this.#alarm.hold(true)
    return promise
  }

  /** It is connected, or gone. */
  settle(connection: Connection): void {
    if (this.#calls.size === 0) return
    const calls = this.#calls.get(connection)
    if (calls === undefined) return
    this.#calls.delete(connection)
    for (const call of calls) if (--call.left === 0) call.resolve(idleIn(call.lane))
    if (this.#calls.size > 0) return
    this.#alarm.hold(false)
    this.#alarm.clear()
  }

  #underWay(lane: Lane): Connection[] {
    const { ahead } = this.#pool.registry.origin(lane.origin.key)
    return [...ahead].filter((connection) => connection.lane.key === lane.key && connection.lane.member === lane.member)
  }
}

/** The lane may have been forgotten meanwhile, and another one have its name. */
function idleIn({ member, key }: Lane): number {
  return member.lanes.get(key)?.idle.size ?? 0
}

function withResolvers(): { readonly promise: Promise<number>; readonly resolve: (count: number) => void } {
  let resolve: (count: number) => void = () => {}
  const promise = new Promise<number>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}
