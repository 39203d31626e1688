import type { FleetStats } from '../adapter.ts'
import { Totals } from './totals.ts'

/** What is told of a pool's part in its fleet, besides how often its lease was lost: by the metric's name. */
export const fleetGauges = ['fleetLease', 'fleetWant', 'fleetFloor', 'fleetMembers', 'fleetLearning'] as const

export type FleetGauge = (typeof fleetGauges)[number]
type Gauges = Record<FleetGauge, number>

const nothing: Gauges = { fleetLease: 0, fleetWant: 0, fleetFloor: 0, fleetMembers: 0, fleetLearning: 0 }

/** Sums of what pools of one name tell of their fleets; of members and of learning the most. */
export class FleetSums {
  readonly lost: Totals = new Totals()
  readonly #gauges = new Map<string, Gauges>()

  /** Keeps the names: a pool that is in no fleet any more has nothing of one. */
  zero(): void {
    for (const name of this.#gauges.keys()) this.#gauges.set(name, nothing)
  }

  add(name: string, budget: object, fleet: FleetStats | undefined): void {
    if (fleet === undefined) return
    const { lease, want, floor, members, learning, lost } = fleet
    const { fleetLease, fleetWant, fleetFloor, fleetMembers, fleetLearning } = this.#gauges.get(name) ?? nothing
    this.#gauges.set(name, {
      fleetLease: fleetLease + lease,
      fleetWant: fleetWant + want,
      fleetFloor: fleetFloor + floor,
      fleetMembers: Math.max(fleetMembers, members),
      fleetLearning: Math.max(fleetLearning, Number(learning)),
    })
    this.lost.add(name, budget, [lost])
  }

  /** One gauge, by the pool's name. */
  of(gauge: FleetGauge): (readonly [name: string, value: number])[] {
    return [...this.#gauges].map(([name, gauges]) => [name, gauges[gauge]])
  }
}

/** Connections that a pool may have open: its own limit, or what its fleet leaves to it. */
export function limitInFleet(maxConnections: number, fleet: FleetStats | undefined): number {
  return fleet === undefined ? maxConnections : Math.min(maxConnections, fleet.floor + fleet.lease)
}
