import type { HistogramSummary, PoolStats, StatsOptions } from '../adapter.ts'
import { type FleetGauge, FleetSums, fleetGauges, limitInFleet } from './fleets.ts'
import { GaugeSums } from './gauges.ts'
import { counters, metrics } from './metrics.ts'
import type { ObservedPools } from './observed.ts'
import type { OriginNames } from './origins.ts'
import { type ReadyGauge, ReadySums, readyGauges } from './ready.ts'
import { Totals } from './totals.ts'

export interface Series {
  readonly labels: { readonly [label: string]: string }
  readonly value: number
}

/** One pool's measurements, or those of several with the same name. */
export interface HistogramSeries {
  readonly pool: string
  readonly count: number
  /** In seconds. */
  readonly sum: number
  /** Cumulative, one for each bound. */
  readonly buckets: readonly number[]
}

export const gaugeNames = ['connections', 'requests', 'pending', 'limit', ...readyGauges, ...fleetGauges] as const

/** The histograms, and what each is called in the statistics of pools. */
export const histogramNames = { acquire: 'acquire', connectionDuration: 'age' } as const

type HistogramName = keyof typeof histogramNames
export type Scraped = { readonly [G in (typeof gaugeNames)[number]]: readonly Series[] } & {
  readonly fleetLost: Iterable<readonly [pool: string, counts: readonly number[]]>
  readonly counters: Iterable<readonly [pool: string, counts: readonly number[]]>
  readonly histograms: { readonly [H in HistogramName]: readonly HistogramSeries[] }
}

const bounds = [...new Set([...metrics.acquire.buckets, ...metrics.connectionDuration.buckets])].sort((a, b) => a - b)
/** Milliseconds, as pools measure. */
const statsOptions: StatsOptions = { histograms: true, bounds: bounds.map((seconds) => Math.round(seconds * 1000)) }

/** Reads pools for one scrape after another. What they count and measure only rises. */
export class Scraper {
  readonly #observed: ObservedPools
  readonly #origins: OriginNames
  readonly #counters = new Totals()
  readonly #fleets = new FleetSums()
  readonly #histograms: { readonly [H in HistogramName]: Totals } = { acquire: new Totals(), connectionDuration: new Totals() }
  #last: Scraped | undefined

  constructor(observed: ObservedPools, origins: OriginNames) {
    this.#observed = observed
    this.#origins = origins
    // Has them measure from now on.
    for (const { pool } of observed.list()) pool.stats(statsOptions)
  }

  /** All that a registry asks for in one turn is of one moment. */
  scrape(): Scraped {
    if (this.#last !== undefined) return this.#last
    this.#last = this.#read()
    // A microtask that no faked timers hold back.
    void Promise.resolve().then(() => {
      this.#last = undefined
    })
    return this.#last
  }

  #read(): Scraped {
    const sums = new Map<string, GaugeSums<string>>()
    const ready = new ReadySums<string>()
    const limits = new Map<string, number>()
    const nameOf = (origin: string) => this.#origins.nameOf(origin)
    this.#fleets.zero()
    for (const { pool, name, budget } of this.#observed.list()) {
      const stats = pool.stats(statsOptions)
      const gauges = sums.get(name) ?? new GaugeSums()
      sums.set(name, gauges.add(stats, nameOf))
      ready.add(name, stats, nameOf)
      limits.set(name, (limits.get(name) ?? 0) + limitInFleet(pool.config.maxConnections, stats.fleet))
      this.#fleets.add(name, budget, stats.fleet)
      this.#count(name, budget, stats)
    }
    return {
      ...gaugeSeries(sums),
      limit: [...limits].map(([pool, value]) => ({ labels: { pool }, value })),
      ...readySeries(ready),
      ...this.#fleetSeries(),
      fleetLost: this.#fleets.lost,
      counters: this.#counters,
      histograms: {
        acquire: histogramSeries('acquire', this.#histograms.acquire),
        connectionDuration: histogramSeries('connectionDuration', this.#histograms.connectionDuration),
      },
    }
  }

  #fleetSeries(): { readonly [G in FleetGauge]: readonly Series[] } {
    const series = (gauge: FleetGauge) => this.#fleets.of(gauge).map(([pool, value]) => ({ labels: { pool }, value }))
    return Object.fromEntries(fleetGauges.map((gauge) => [gauge, series(gauge)])) as unknown as { [G in FleetGauge]: Series[] }
  }

  #count(name: string, budget: object, stats: PoolStats): void {
    const counts = counters.map((counter) => stats[counter])
    this.#counters.add(name, budget, counts)
    for (const [histogram, key] of Object.entries(histogramNames) as [HistogramName, 'acquire' | 'age'][]) {
      const summary = stats.histograms?.[key]
      if (summary !== undefined) this.#histograms[histogram].add(name, budget, countsOf(summary))
    }
  }
}

function readySeries(ready: ReadySums<string>): { readonly [G in ReadyGauge]: readonly Series[] } {
  const series = (gauge: ReadyGauge) => ready.of(gauge).map(([pool, host, value]) => ({ labels: { pool, host }, value }))
  return { readyMissing: series('readyMissing'), readyFailures: series('readyFailures') }
}

function gaugeSeries(sums: ReadonlyMap<string, GaugeSums<string>>): Pick<Scraped, 'connections' | 'requests' | 'pending'> {
  const hosts = [...sums].flatMap(([pool, gauges]) => [...gauges].map(([host, gauge]) => ({ labels: { pool, host }, gauge })))
  return {
    connections: hosts.flatMap(({ labels, gauge }) =>
      (['active', 'idle'] as const).map((state) => ({ labels: { ...labels, state }, value: gauge[state] })),
    ),
    requests: hosts.map(({ labels, gauge }) => ({ labels, value: gauge.requests + gauge.pending })),
    pending: hosts.map(({ labels, gauge }) => ({ labels, value: gauge.pending })),
  }
}

function countsOf({ count, sum, buckets = [] }: HistogramSummary): number[] {
  return [count, sum / 1000, ...buckets]
}

function histogramSeries(histogram: HistogramName, totals: Totals): HistogramSeries[] {
  const own: readonly number[] = metrics[histogram].buckets
  return [...totals].map(([pool, [count = 0, sum = 0, ...buckets]]) => ({
    ...{ pool, count, sum },
    buckets: buckets.filter((_, index) => own.includes(bounds[index] ?? Number.NaN)),
  }))
}
