import { Counter, Gauge, type Metric as PromMetric, type Registry, register } from 'prom-client'
import { PoolUnsupportedError } from '../errors.ts'
import { counters, defaultPrefix, type Metric, metrics } from './metrics.ts'
import { type Observed, ObservedPools } from './observed.ts'
import { having, type OptionRules, originRules, readOptions, rule } from './options.ts'
import { OriginNames } from './origins.ts'
import { gaugeNames, type HistogramSeries, histogramNames, Scraper } from './scrape.ts'

export type { Observed } from './observed.ts'

export interface CollectOptions {
  /** Default prom-client's own. */
  registry?: Registry | undefined
  /** What the names begin with. Default `polypool_`. */
  prefix?: string | undefined
  /** Hosts that have series of their own; all others are one, `_OTHER`. Default 100. */
  maxOrigins?: number | undefined
}

const rules: OptionRules<CollectOptions> = {
  place: 'the second argument of collect',
  example: '{ registry }',
  rules: {
    registry: rule(having('registerMetric', 'metrics'), 'a Registry of prom-client'),
    prefix: rule(
      (value) => typeof value === 'string' && /^[a-zA-Z_:][\w:]*$/.test(value),
      'letters, digits and _, such as "app_"',
    ),
    ...originRules,
  },
}

/**
 * Has a registry of prom-client tell of pools whenever it is scraped; docs/operate.md lists the metrics. Throws ERR_POOL_UNSUPPORTED for what is
 * no pool, for options that it does not know, and for a second call on one registry with the same prefix: give all pools to one.
 *
 * @returns a function that stops it
 */
export function collect(pools: Observed, options?: CollectOptions): () => void {
  const observed = new ObservedPools('collect', pools)
  const { registry = register, prefix = defaultPrefix, maxOrigins } = readOptions(options, rules)
  assertFree(registry, prefix)
  const scraper = new Scraper(observed, new OriginNames('polypool/prometheus', maxOrigins))
  const described = ({ name = '', help, labels }: Metric) => ({ name: `${prefix}${name}`, help, labelNames: [...labels] })
  const registers = [registry]
  for (const key of gaugeNames) {
    new Gauge({
      ...described(metrics[key]),
      registers,
      collect() {
        this.reset()
        for (const { labels, value } of scraper.scrape()[key]) this.set(labels, value)
      },
    })
  }
  for (const [index, key] of counters.entries()) {
    new Counter({
      ...described(metrics[key]),
      registers,
      collect() {
        this.reset()
        for (const [pool, counts] of scraper.scrape().counters) this.inc({ pool }, counts[index] ?? 0)
      },
    })
  }
  new Counter({
    ...described(metrics.fleetLost),
    registers,
    collect() {
      this.reset()
      for (const [pool, [lost = 0]] of scraper.scrape().fleetLost) this.inc({ pool }, lost)
    },
  })
  for (const key of Object.keys(histogramNames) as (keyof typeof histogramNames)[]) {
    const read = () => scraper.scrape().histograms[key]
    registry.registerMetric(new ReadHistogram(described(metrics[key]), metrics[key].buckets, read) as unknown as PromMetric)
  }
  return () => {
    for (const name of namesOf(prefix)) registry.removeSingleMetric(name)
  }
}

/** prom-client's own Histogram can only be told of each measurement; the pools have them counted already. As much of one as a registry calls. */
class ReadHistogram {
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly name: string
  readonly help: string
  readonly #bounds: readonly number[]
  readonly #read: () => readonly HistogramSeries[]

  constructor({ name, help }: { name: string; help: string }, bounds: readonly number[], read: () => readonly HistogramSeries[]) {
    this.name = name
    this.help = help
    this.#bounds = bounds
    this.#read = read
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this
    return { name, help, type, aggregator, values: this.#read().flatMap((series) => this.#valuesOf(series)) }
  }

  /** What pools have counted stays. */
  reset(): void {}

  #valuesOf({ pool, count, sum, buckets }: HistogramSeries): object[] {
    const bucket = (le: number | string, value: number) => ({ metricName: `${this.name}_bucket`, labels: { le, pool }, value })
    return [
      ...buckets.map((value, index) => bucket(this.#bounds[index] ?? Number.NaN, value)),
      bucket('+Inf', count),
      { metricName: `${this.name}_sum`, labels: { pool }, value: sum },
      { metricName: `${this.name}_count`, labels: { pool }, value: count },
    ]
  }
}

/** What prom-client would say names no pool, and half of the metrics would be there. */
function assertFree(registry: Registry, prefix: string): void {
  const taken = namesOf(prefix).find((name) => registry.getSingleMetric(name) !== undefined)
  if (taken === undefined) return
  throw new PoolUnsupportedError(
    `collect: the registry has ${taken} already: give all pools to one call, pass another prefix, or call what the first one has returned`,
  )
}

function namesOf(prefix: string): string[] {
  return Object.values(metrics).flatMap((metric) => ('name' in metric ? [`${prefix}${metric.name}`] : []))
}
