import type { HostLimits } from '../config/types.ts'
import { CostMemory } from './costs.ts'
import { type Lane, OriginState } from './entities.ts'

/** The origins that a pool knows: each from its first connection or waiter to its last, so that none is kept for ever. */
export class Registry {
  readonly origins: Map<string, OriginState> = new Map<string, OriginState>()
  readonly costs: CostMemory = new CostMemory()
  #limitsOf: (origin: string) => HostLimits
  #maxOverflow: number

  constructor(limitsOf: (origin: string) => HostLimits, maxOverflow: number) {
    this.#limitsOf = limitsOf
    this.#maxOverflow = maxOverflow
  }

  /** The origin of that key, which may not be known yet. */
  origin(key: string): OriginState {
    return this.origins.get(key) ?? new OriginState(key, this.#limitsOf(key), this.#maxOverflow)
  }

  /** Makes the lane and its origin known, or finds those that have taken their names meanwhile. */
  attach(lane: Lane): Lane {
    if (lane.attached) return lane
    const { lanes } = lane.member
    const known = lanes.get(lane.key)
    if (known !== undefined) return known
    const origin = this.origin(lane.origin.key)
    this.origins.set(origin.key, origin)
    origin.lanes++
    lane.origin = origin
    lane.costs = this.costs.recall(lane.key)
    lanes.set(lane.key, lane)
    lane.attached = true
    return lane
  }

  /** Forgets the lane and its origin if nothing is left of them. */
  tidy(lane: Lane): void {
    if (!lane.attached || lane.connections.size > 0 || lane.oldest !== undefined) return
    lane.attached = false
    this.costs.keep(lane.key, lane.costs)
    lane.member.lanes.delete(lane.key)
    if (--lane.origin.lanes === 0) this.origins.delete(lane.origin.key)
  }

  /** Gives every origin its limits under another config. */
  relimit(limitsOf: (origin: string) => HostLimits, maxOverflow: number): void {
    this.#limitsOf = limitsOf
    this.#maxOverflow = maxOverflow
    for (const origin of this.origins.values()) {
      origin.limits = limitsOf(origin.key)
      origin.maxOverflow = maxOverflow
    }
  }
}
