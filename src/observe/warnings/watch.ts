import { formatDuration } from '../../config/durations.ts'
import {
  type Alarm,
  allConnections,
  allLanes,
  type CarriedRequest,
  type Connection,
  type Core,
  limitReached,
  older,
  type Waiter,
} from '../../pool/port.ts'
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
interface Unread extends Pick<CarriedRequest, 'request' | 'consumed'> {
  readonly since: number
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
  readonly #unread = new WeakMap<object, Unread>()
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
    const connections = allConnections(this.#core.members)
    if (connections.length === 0) return
    this.wake()
    const now = this.#core.clock.now()
    for (const connection of connections)
      if (connection.state === 'active')
        for (const carried of connection.carriedRequests) this.#heedUnread(connection, carried, now)
    this.#heedWaiting(connections, now)
  }

  #heedUnread(connection: Connection, carried: CarriedRequest, now: number): void {
    const { key, request, unread, consumed } = carried
    if (!unread) return void this.#unread.delete(key)
    const before = this.#unread.get(key)
    if (before === undefined || before.request !== request || before.consumed !== consumed)
      this.#unread.set(key, { since: now, request, consumed })
    else if (now - before.since >= this.#threshold) this.#warnHeld(connection, carried, now)
  }

  #warnHeld({ lane, multiplexes }: Connection, carried: CarriedRequest, now: number): void {
    const { member, origin } = lane
    const what = nameOf(carried, origin.key)
    if (this.#warned.has(what) || this.#warned.size >= mostWarned) return
    this.#warned.add(what)
    const message =
      `${nameOfPool(member.name)} has a ${multiplexes ? 'stream of a connection' : 'connection'} that is held for ${span(now - carried.since)} ` +
      `by an answer that nobody reads: ${what}. Read every answer to its end, or destroy it`
    warn('POLYPOOL_CONNECTION_HELD', message, sentFrom(member.senders?.get(carried.request)))
  }

  #heedWaiting(connections: readonly Connection[], now: number): void {
    let first: Waiter | undefined
    for (const lane of allLanes(this.#core.members)) first = older(first, lane.oldest)
    if (first === undefined || now - first.since < exhaustedAfter || now - this.#exhaustedAt < exhaustedAgain) return
    const { lane } = first
    const { origin } = lane
    const { field, limit, proxy } = limitReached(origin, this.#core)
    const limiting = connections.filter(({ lane: { origin: other } }) =>
      field === 'maxConnectionsPerHost' ? other === origin : proxy === undefined || other.proxy === origin.proxy,
    )
    if (limiting.some(({ state }) => state === 'idle')) return
    this.#exhaustedAt = now
    const { pending } = this.#core.stats()
    const message =
      `${nameOfPool(lane.member.name)} is exhausted: ${pending} ${pending === 1 ? 'request waits' : 'requests wait'}, to ${origin.key} for ` +
      `${span(now - first.since)}, while all connections (${field}: ${limit}${proxy === undefined ? '' : ` for the proxy ${proxy}`}) are busy: ${holders(limiting, now)}. ` +
      'Raise the limit, send fewer requests at a time, or look for answers that nobody reads'
    warn('POLYPOOL_EXHAUSTED', message)
  }
}

/** What holds connections longest. */
function holders(connections: readonly Connection[], now: number): string {
  const longest = connections.map(heldBy).sort((one, other) => one.since - other.since)
  const named = longest.slice(0, mostNamed).map(({ what, since, doing }) => `${what} for ${span(now - since)} (${doing})`)
  const rest = longest.length - named.length
  return `${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`
}

function heldBy({ state, since, busySince, carriedRequests, lane: { origin } }: Connection): {
  what: string
  since: number
  doing: string
} {
  const [oldest] = carriedRequests
  const busy = state === 'active'
  const doing = busy ? 'it is under way' : state === 'opening' ? 'it connects' : 'it closes'
  if (!busy || oldest === undefined) return { what: `a connection to ${origin.key}`, since: busy ? busySince : since, doing }
  const rest = carriedRequests.length - 1
  return {
    what: `${nameOf(oldest, origin.key)}${rest > 0 ? ` with ${rest} more on its connection` : ''}`,
    since: oldest.since,
    doing: oldest.unread ? 'nobody reads its answer' : doing,
  }
}

/** Method, origin and path, without the query: that may hold secrets. */
function nameOf({ method, path }: CarriedRequest, origin: string): string {
  const bare = path.replace(/[?#].*$/s, '').replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '')
  return `${visible(method)} ${origin}${clip(visible(bare || '/'), 200)}`
}

function sentFrom(trace: Error | undefined): string {
  if (trace?.stack === undefined)
    return 'Set leakDetection in the third argument of createPool to have it say where the request was sent'
  return `It was sent here:\n${trace.stack.split('\n').slice(1).join('\n')}`
}

function span(ms: number): string {
  return formatDuration(Math.round(ms / 100) * 100)
}
