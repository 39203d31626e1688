import type { Pool, PoolHistograms, StatsOptions } from '../adapter.ts'
import type { PoolError } from '../errors.ts'
import { channels } from '../observe/channels.ts'
import type { Clock } from './clock.ts'
import type { Connection, Lane, Member, Waiter } from './entities.ts'
import { limitReached, type Total } from './messages.ts'
import { Recorder } from './recorder.ts'

const opens = channels['polypool:connection:open']
const closes = channels['polypool:connection:close']
const waits = channels['polypool:acquire:wait']
const grants = channels['polypool:acquire:grant']
const timeouts = channels['polypool:acquire:timeout']
const rejects = channels['polypool:acquire:reject']
const aborts = channels['polypool:acquire:abort']
const ends = channels['polypool:pool:close']

/** Of what it tells. */
interface ToldPool {
  readonly clock: Clock
  readonly connections: Total
  readonly queue: { readonly pending: number }
}

/**
 * Tells subscribers what happens, and records it for those who have asked; else each event costs a comparison or two. Whoever listens may
 * do anything to the pool meanwhile: it is called where the pool is in order, and what that did is looked at afterwards.
 */
export class Signals {
  readonly #pool: ToldPool
  #recorder: Recorder | null = null

  constructor(pool: ToldPool) {
    this.#pool = pool
  }

  histograms(options: StatsOptions): PoolHistograms {
    const now = this.#pool.clock.now()
    this.#recorder ??= new Recorder(now)
    return this.#recorder.summary(now, options)
  }

  get heedsGrants(): boolean {
    return this.#recorder !== null || grants.hasSubscribers
  }

  /**
   * @param uses requests that its connection was given, this one included
   * @param streams those that it carries
   */
  granted({ member, origin }: Lane, uses: number, streams: number, waited: number): void {
    this.#recorder?.acquired(origin.key, waited)
    if (!grants.hasSubscribers) return
    grants.publish({ pool: handleOf(member), name: member.name, origin: origin.key, waited, uses, streams })
  }

  get heedsConnects(): boolean {
    return this.#recorder !== null || opens.hasSubscribers
  }

  opened({ lane: { member, origin }, readyAt, since, multiplexes }: Connection, ahead: boolean): void {
    const connectTime = readyAt - since
    this.#recorder?.connected(origin.key, connectTime)
    if (!opens.hasSubscribers) return
    const protocol = multiplexes ? 'h2' : 'http/1.1'
    opens.publish({ pool: handleOf(member), name: member.name, origin: origin.key, connectTime, protocol, ahead })
  }

  /** Once for each: a socket that comes late closes after its end was told. */
  closed(connection: Connection): void {
    if (connection.isTold) return
    connection.isTold = true
    if (this.#recorder === null && !closes.hasSubscribers) return
    const { reason, uses, since, readyAt, wasConnected } = connection
    const { member, origin } = connection.lane
    const age = this.#pool.clock.now() - since
    if (wasConnected) this.#recorder?.closed(origin.key, age, uses)
    if (!closes.hasSubscribers || reason === null) return
    const connectTime = wasConnected ? readyAt - since : undefined
    closes.publish({ pool: handleOf(member), name: member.name, origin: origin.key, reason, age, uses, connectTime })
  }

  /** It has got its place in the queue, and may be there still. */
  waits(waiter: Waiter): void {
    if (!waits.hasSubscribers || waiter.state !== 'waiting' || waiter.isTold) return
    waiter.isTold = true
    const { connections, queue } = this.#pool
    const { member, origin } = waiter.lane
    const { pending } = queue
    waits.publish({
      pool: handleOf(member),
      name: member.name,
      origin: origin.key,
      pending,
      ...limitReached(origin, connections),
    })
  }

  timedOut(waiter: Waiter, error: PoolError): void {
    if (!timeouts.hasSubscribers) return
    const { member, origin } = waiter.lane
    timeouts.publish({ pool: handleOf(member), name: member.name, origin: origin.key, waited: this.#waited(waiter), error })
  }

  rejected(waiter: Waiter, error: PoolError): void {
    if (!rejects.hasSubscribers) return
    const { member, origin } = waiter.lane
    rejects.publish({ pool: handleOf(member), name: member.name, origin: origin.key, waited: this.#waited(waiter), error })
  }

  aborted(waiter: Waiter): void {
    if (!aborts.hasSubscribers) return
    const { member, origin } = waiter.lane
    aborts.publish({ pool: handleOf(member), name: member.name, origin: origin.key, waited: this.#waited(waiter) })
  }

  ended(member: Member): void {
    if (ends.hasSubscribers) ends.publish({ pool: handleOf(member), name: member.name })
  }

  #waited({ since }: Waiter): number {
    return this.#pool.clock.now() - since
  }
}

/** An adapter sets it before there is anything to tell. */
function handleOf({ handle }: Member): Pool<unknown> {
  return handle as Pool<unknown>
}
