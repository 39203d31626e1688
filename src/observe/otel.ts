import {
  type Attributes,
  type BatchObservableResult,
  type Meter,
  type MeterProvider,
  type MetricOptions,
  metrics as openTelemetry,
} from '@opentelemetry/api'
import { subscribe } from './channels.ts'
import { FleetSums, fleetGauges, limitInFleet } from './fleets.ts'
import { GaugeSums } from './gauges.ts'
import { type Metric, metrics } from './metrics.ts'
import { type Observed, ObservedPools } from './observed.ts'
import { having, type OptionRules, originRules, readOptions, rule } from './options.ts'
import { OriginNames, type OriginParts } from './origins.ts'
import { ReadySums, readyGauges } from './ready.ts'
import { Totals } from './totals.ts'

export type { Observed } from './observed.ts'

export interface InstrumentOptions {
  /** Default the global one, which must have been set by then. */
  meterProvider?: MeterProvider | undefined
  /** Origins that have series of their own; all others are one, whose `server.address` is `_OTHER`. Default 100. */
  maxOrigins?: number | undefined
}

const rules: OptionRules<InstrumentOptions> = {
  place: 'the second argument of instrument',
  example: '{ meterProvider }',
  rules: { meterProvider: rule(having('getMeter'), 'a MeterProvider'), ...originRules },
}

/**
 * Reports pools as metrics of OpenTelemetry; docs/operate.md lists them. What can be read is read when it is exported: only waits and ends of
 * connections are recorded as they happen. Throws ERR_POOL_UNSUPPORTED for what is no pool, and for options that it does not know.
 *
 * @returns a function that stops it
 */
export function instrument(pools: Observed, options?: InstrumentOptions): () => void {
  const observed = new ObservedPools('instrument', pools)
  const { meterProvider = openTelemetry.getMeterProvider(), maxOrigins } = readOptions(options, rules)
  const meter = meterProvider.getMeter('polypool')
  const origins = new OriginNames('polypool/otel', maxOrigins)
  const ends = [observeState(meter, observed, origins), recordEvents(meter, observed, origins)]
  return () => {
    for (const end of ends) end()
  }
}

/** What is read at export. */
function observeState(meter: Meter, observed: ObservedPools, origins: OriginNames): () => void {
  const instruments = {
    connections: meter.createObservableUpDownCounter(...told(metrics.connections)),
    requests: meter.createObservableUpDownCounter(...told(metrics.requests)),
    pending: meter.createObservableUpDownCounter(...told(metrics.pending)),
    readyMissing: meter.createObservableGauge(...told(metrics.readyMissing)),
    readyFailures: meter.createObservableGauge(...told(metrics.readyFailures)),
    limit: meter.createObservableGauge(...told(metrics.limit)),
    refused: meter.createObservableCounter(...told(metrics.refused)),
    fleetLease: meter.createObservableGauge(...told(metrics.fleetLease)),
    fleetWant: meter.createObservableGauge(...told(metrics.fleetWant)),
    fleetFloor: meter.createObservableGauge(...told(metrics.fleetFloor)),
    fleetMembers: meter.createObservableGauge(...told(metrics.fleetMembers)),
    fleetLearning: meter.createObservableGauge(...told(metrics.fleetLearning)),
    fleetLost: meter.createObservableCounter(...told(metrics.fleetLost)),
  }
  const refusals = new Totals()
  const fleets = new FleetSums()
  const partsOf = (origin: string) => origins.partsOf(origin)
  // Kept from one export to the next, as the SDK repeats the last value of what it is told no more.
  const hosts = new GaugeSums<OriginParts>()
  const waiting = new Map<string, GaugeSums<OriginParts>>()
  const ready = new ReadySums<OriginParts>()
  const limits = new Map<string, number>()

  const read = (result: BatchObservableResult) => {
    for (const sums of [hosts, ...waiting.values()]) sums.zero()
    for (const name of limits.keys()) limits.set(name, 0)
    ready.zero()
    fleets.zero()
    for (const { pool, name, budget } of observed.list()) {
      const stats = pool.stats()
      hosts.add(stats, partsOf)
      waiting.set(name, (waiting.get(name) ?? new GaugeSums()).add(stats, partsOf))
      ready.add(name, stats, partsOf)
      limits.set(name, (limits.get(name) ?? 0) + limitInFleet(pool.config.maxConnections, stats.fleet))
      fleets.add(name, budget, stats.fleet)
      refusals.add(name, budget, [stats.acquireTimeouts, stats.rejected])
    }
    for (const [parts, { active, idle, pending, requests }] of hosts) {
      const host = attributesOf(parts)
      result.observe(instruments.connections, active, { 'http.connection.state': 'active', ...host })
      result.observe(instruments.connections, idle, { 'http.connection.state': 'idle', ...host })
      result.observe(instruments.requests, requests + pending, host)
    }
    for (const [name, sums] of waiting) {
      for (const [parts, { pending }] of sums)
        result.observe(instruments.pending, pending, { 'polypool.pool.name': name, ...attributesOf(parts) })
    }
    for (const gauge of readyGauges) {
      for (const [name, parts, value] of ready.of(gauge))
        result.observe(instruments[gauge], value, { 'polypool.pool.name': name, ...attributesOf(parts) })
    }
    for (const [name, limit] of limits) {
      if (Number.isFinite(limit)) result.observe(instruments.limit, limit, { 'polypool.pool.name': name })
    }
    for (const gauge of fleetGauges) {
      for (const [name, value] of fleets.of(gauge)) result.observe(instruments[gauge], value, { 'polypool.pool.name': name })
    }
    for (const [name, [lost = 0]] of fleets.lost) result.observe(instruments.fleetLost, lost, { 'polypool.pool.name': name })
    for (const [name, counts] of refusals) {
      for (const [index, refusal] of ['acquire_timeout', 'rejected'].entries())
        result.observe(instruments.refused, counts[index] ?? 0, { 'polypool.pool.name': name, 'polypool.refusal': refusal })
    }
  }
  const all = Object.values(instruments)
  meter.addBatchObservableCallback(read, all)
  return () => meter.removeBatchObservableCallback(read, all)
}

/** Histograms, which can't be read. */
function recordEvents(meter: Meter, observed: ObservedPools, origins: OriginNames): () => void {
  const timeInQueue = meter.createHistogram(...told(metrics.acquire))
  const duration = meter.createHistogram(...told(metrics.connectionDuration))
  const ends = [
    subscribe('polypool:acquire:grant', ({ pool, origin, waited }) => {
      if (waited > 0 && observed.find(pool) !== undefined)
        timeInQueue.record(waited / 1000, attributesOf(origins.partsOf(origin)))
    }),
    subscribe('polypool:connection:close', ({ pool, origin, age, connectTime }) => {
      // The convention is of connections that were established.
      if (connectTime !== undefined && observed.find(pool) !== undefined)
        duration.record(age / 1000, attributesOf(origins.partsOf(origin)))
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

function told({ otel, help, unit, ...metric }: Metric & { readonly otel: string }): [name: string, options: MetricOptions] {
  const advice = metric.buckets && { explicitBucketBoundaries: [...metric.buckets] }
  return [otel, { description: help, unit, ...(advice && { advice }) }]
}

function attributesOf({ scheme, address, port }: OriginParts): Attributes {
  return { 'server.address': address, 'server.port': port, 'url.scheme': scheme }
}
