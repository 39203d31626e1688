import type { PoolConfig } from '../../src/config/types.ts'
import type { Random } from '../../test/random.ts'

/** What one host does to one connection or request at that time, in milliseconds. */
export type Duration = (host: number, random: Random, now: number) => number

/** Which host a caller's nth request goes to. */
export type Choice = (caller: number, nth: number, random: Random, now: number) => number

/** Requests that come at one moment, to one host or to hosts as the load chooses them. */
interface Burst {
  readonly at: number
  readonly requests: number
  readonly host?: number
}

/** A load, and the pool it meets. All times in milliseconds. */
export interface Load {
  readonly group: string
  readonly name: string
  readonly hosts: number
  /** `maxConnections`. */
  readonly total: number
  readonly duration: number
  readonly choose: Choice
  /** A connect; it varies by a fifth around that. Infinity: it hangs. */
  readonly connect: Duration
  readonly service: Duration
  /** Callers that ask again when they have been answered: a closed loop. */
  readonly callers?: number
  /** For how long these think before they ask again, on average; or each of them. */
  readonly think?: number | ((caller: number) => number)
  /** Requests per millisecond that come whatever is answered: an open loop. */
  readonly rate?: number
  readonly bursts?: readonly Burst[]
  /** Only requests that came later than that count. */
  readonly warmUp?: number
  /** TLS identities per host: connections of one serve no requests of another. */
  readonly lanes?: number
  /** Clients that share the budget. */
  readonly members?: number
  /** Requests that one connection to the host carries at a time; by default 1, HTTP/1.1. */
  readonly slots?: (host: number) => number
  /** Requests after which the server closes a connection without a word. */
  readonly closesAfter?: number
  /** How likely a reused connection turns out to be dead, so that its request is sent again on a new one. */
  readonly stale?: number
  readonly config?: PoolConfig
  readonly seed?: number
}

export const evenly =
  (hosts: number): Choice =>
  (_caller, _nth, random) =>
    Math.floor(random.next() * hosts)

/** The nth host is asked about 1/n as often as the first. */
export const zipf =
  (hosts: number): Choice =>
  (_caller, _nth, random) =>
    Math.min(hosts - 1, Math.floor(hosts ** random.next()) - 1)

/** Every caller goes around. */
export const inTurns =
  (hosts: number): Choice =>
  (caller, nth) =>
    (caller + nth) % hosts

/** The first `hot` hosts get that share of the requests. */
export const skewed =
  (hosts: number, hot: number, share: number): Choice =>
  (_caller, _nth, random) =>
    random.chance(share) ? Math.floor(random.next() * hot) : hot + Math.floor(random.next() * (hosts - hot))

export const always =
  (ms: number): Duration =>
  () =>
    ms

/** Between half of `ms` and one and a half of it. */
export const around =
  (ms: number): Duration =>
  (_host, random) =>
    ms * random.between(0.5, 1.5)

/** Heavy-tailed: mean `ms`, most much shorter, some up to a hundred times as long. */
export const pareto =
  (ms: number, alpha = 1.5): Duration =>
  (_host, random) =>
    Math.min(100 * ms, (ms * (alpha - 1)) / alpha / (1 - random.next()) ** (1 / alpha))
