import { formatDuration } from '../../config/durations.ts'
import { type Alarm, type Connection, type Core, older, type Waiter } from '../../pool/port.ts'
import { clip, visible } from '../../text/show.ts'
import { nameOfPool, warn } from './warn.ts'

/** Milliseconds that requests wait until the pool counts as exhausted, and between two warnings of that. */
const exhaustedAfter = 5000
const exhaustedAgain = 60_000

/** An answer may lie unread so long, in milliseconds, unless `leakDetection` says otherwise. */
const heldAfter = 60_000

/** Milliseconds between two looks, at the most. */
const interval = 2500

/** So many of those that hold a connection are named, and so many are warned of for each pool. */
const mostNamed = 5
const mostWarned = 100

/** What was last seen of an answer that nobody reads. */
interface Unread {
  readonly since: number
  readonly request: object
  readonly consumed: number
}

/**
 * Looks after the requests of a pool from time to time, as long as it has connections: whether they wait for long while all connections
 * are busy, and whether an answer lies unread. One alarm for all of them, which does not keep the process alive.
 */
export class Watch {
  readonly #core: Core
  readonly #alarm: Alarm
  #threshold = heldAfter
  #awake = false
  #exhaustedAt = Number.NEGATIVE_INFINITY
  readonly #unread = new WeakMap<Connection, Unread>()
  readonly #warned = new Set<string>()

  constructor(core: Core) {
    this.#core = core
    // A pool that was left, and whose connections have gone, is not kept by the alarm.
    const watch = new WeakRef(this)
    this.#alarm = core.clock.alarm(() => watch.deref()?.look())
  }

  /** Of several the shortest counts. */
  heedThreshold(ms: number): void {
    this.#threshold = Math.min(this.#threshold, ms)
  }

  /** A connection is begun. */
  wake(): void {
    if (this.#awake) return
    this.#awake = true
    this.#alarm.set(Math.min(interval, this.#threshold / 2))
  }

  /** Called by the alarm. */
  look(): void {
    this.#awake = false
    const connections = connectionsOf(this.#core)
    if (connections.length === 0) return
    this.wake()
    const now = this.#core.clock.now()
    for (const connection of connections) if (connection.state === 'active') this.#heedUnread(connection, now)
    this.#heedWaiting(connections, now)
  }

  #heedUnread(connection: Connection, now: number): void {
    const { holder } = connection
    if (holder === null || !holder.unread) return void this.#unread.delete(connection)
    const before = this.#unread.get(connection)
    if (before === undefined || before.request !== holder.request || before.consumed !== holder.consumed) {
      this.#unread.set(connection, { since: now, request: holder.request, consumed: holder.consumed })
    } else if (now - before.since >= this.#threshold) this.#warnHeld(connection, now)
  }

  #warnHeld(connection: Connection, now: number): void {
    const { holder, lane, busySince } = connection
    const what = nameOf(connection)
    if (holder === null || this.#warned.has(what) || this.#warned.size >= mostWarned) return
    this.#warned.add(what)
    const message =
      `${nameOfPool(lane.member.name)} has a connection that is held for ${span(now - busySince)} by an answer that nobody reads: ` +
      `${what}. Read every answer to its end, or destroy it`
    warn('POLYPOOL_CONNECTION_HELD', message, sentFrom(connection))
  }

  #heedWaiting(connections: readonly Connection[], now: number): void {
    let first: Waiter | undefined
    for (const { lanes } of this.#core.members) for (const lane of lanes.values()) first = older(first, lane.oldest)
    if (first === undefined || now - first.since < exhaustedAfter || now - this.#exhaustedAt < exhaustedAgain) return
    const { lane } = first
    const { origin } = lane
    const limiting = origin.full ? connections.filter((one) => one.lane.origin === origin) : connections
    if (limiting.some(({ state }) => state === 'idle')) return
    this.#exhaustedAt = now
    const limit = origin.full
      ? `maxConnectionsPerHost: ${origin.limits.maxConnectionsPerHost}`
      : `maxConnections: ${this.#core.config.maxConnections}`
    const { pending } = this.#core.stats()
    const message =
      `${nameOfPool(lane.member.name)} is exhausted: ${pending} ${pending === 1 ? 'request waits' : 'requests wait'}, to ${origin.key} for ` +
      `${span(now - first.since)}, while all connections (${limit}) are busy: ${holders(limiting, now)}. ` +
      'Raise the limit, send fewer requests at a time, or look for answers that nobody reads'
    warn('POLYPOOL_EXHAUSTED', message)
  }
}

function connectionsOf({ members }: Core): Connection[] {
  return [...members].flatMap(({ lanes }) => [...lanes.values()].flatMap(({ connections }) => [...connections]))
}

/** Those that are held longest. */
function holders(connections: readonly Connection[], now: number): string {
  const longest = connections.toSorted((one, other) => heldSince(one) - heldSince(other))
  const named = longest.slice(0, mostNamed).map((one) => `${nameOf(one)} for ${span(now - heldSince(one))} (${doingOf(one)})`)
  const rest = longest.length - named.length
  return `${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`
}

function heldSince({ state, since, busySince }: Connection): number {
  return state === 'active' ? busySince : since
}

function doingOf({ state, holder }: Connection): string {
  if (state !== 'active') return state === 'opening' ? 'it connects' : 'it closes'
  return holder?.unread ? 'nobody reads its answer' : 'it is under way'
}

/** Method, origin and path, without the query: that may hold secrets. */
function nameOf({ holder, lane: { origin } }: Connection): string {
  if (holder === null) return `a connection to ${origin.key}`
  const path = holder.path.replace(/[?#].*$/s, '').replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '')
  return `${visible(holder.method)} ${origin.key}${clip(visible(path || '/'), 200)}`
}

function sentFrom({ holder, lane: { member } }: Connection): string | undefined {
  const trace = holder === null ? undefined : member.senders?.get(holder.request)
  if (trace?.stack === undefined)
    return 'Set leakDetection in the third argument of createPool to have it say where the request was sent'
  return `It was sent here:\n${trace.stack.split('\n').slice(1).join('\n')}`
}

function span(ms: number): string {
  return formatDuration(Math.round(ms / 100) * 100)
}
