import type { Health } from '../adapter.ts'
import { formatDuration } from '../config/durations.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import type { Clock } from './clock.ts'
import { allLanes, type Lane, type Member, older, type Waiter } from './entities.ts'

/** So many connects to an origin in a row tell that it can't be reached, until so many milliseconds after the last. */
const failuresInRow = 3
const failureCounts = 60_000

/** Requests that have waited longer than this, in milliseconds, wait for long; what was refused counts for a while. */
const long = 1000
const refusalCounts = 10_000

/** Origins whose failures are remembered. */
const mostOrigins = 1000

interface Failures {
  count: number
  at: number
}

/** What it asks of the pool. */
interface ConditionedPool {
  readonly clock: Clock
  readonly config: ResolvedPoolConfig
  readonly members: ReadonlySet<Member>
  readonly queue: { readonly pending: number }
}

/** How a pool does: kept by what is counted anyway, and looked at when somebody asks. */
export class PoolCondition {
  readonly #pool: ConditionedPool
  /** Of origins to which no connect has succeeded since. */
  readonly #failures = new Map<string, Failures>()
  #refusedAt = Number.NEGATIVE_INFINITY

  constructor(pool: ConditionedPool) {
    this.#pool = pool
  }

  /** A connect has failed that nobody gave up. */
  failed(origin: string): void {
    const at = this.#pool.clock.now()
    const count = (this.#failures.get(origin)?.count ?? 0) + 1
    // The one that has failed last is the last to be forgotten.
    this.#failures.delete(origin)
    this.#failures.set(origin, { count, at })
    if (this.#failures.size <= mostOrigins) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }

  succeeded(origin: string): void {
    if (this.#failures.size > 0) this.#failures.delete(origin)
  }

  /** A request was refused for want of room, or has waited too long. */
  refused(): void {
    this.#refusedAt = this.#pool.clock.now()
  }

  get health(): Health {
    const lanes = allLanes(this.#pool.members)
    const now = this.#pool.clock.now()
    // One host of many that is down is no reason to take a service out of its load balancer.
    const works = lanes.some(({ live, opening }) => live > opening)
    const failing = works ? [] : this.#failing(now)
    if (failing.length > 0) return { status: 'failing', reasons: failing }
    const reasons = [...this.#waiting(lanes, now), ...this.#refusals(now)]
    return { status: reasons.length > 0 ? 'saturated' : 'ok', reasons }
  }

  #failing(now: number): string[] {
    const lasting = [...this.#failures].filter(([, { count, at }]) => count >= failuresInRow && now - at < failureCounts)
    return lasting.map(([origin, { count }]) => `no connection can be made to ${origin}: ${count} connects in a row have failed`)
  }

  #waiting(lanes: readonly Lane[], now: number): string[] {
    let first: Waiter | undefined
    for (const lane of lanes) first = older(first, lane.oldest)
    if (first === undefined || now - first.since < long) return []
    const { pending } = this.#pool.queue
    const waited = formatDuration(Math.round(now - first.since))
    return [
      `${pending} ${pending === 1 ? 'request waits' : 'requests wait'} for a connection, to ${first.lane.origin.key} for ${waited}`,
    ]
  }

  #refusals(now: number): string[] {
    const ago = now - this.#refusedAt
    if (ago >= refusalCounts) return []
    return [`requests were refused or have waited too long, the last ${formatDuration(Math.round(ago))} ago`]
  }
}
