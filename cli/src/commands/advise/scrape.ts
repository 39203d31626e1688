import { setTimeout as sleep } from 'node:timers/promises'
import type { OriginStats, PoolSample } from 'polypool'
import { Misuse } from '../../io.ts'

/** Names beside the counters that samples are made of. */
const counters = {
  created: 'created_total',
  reused: 'reused_total',
  evicted: 'evicted_total',
  expired: 'expired_total',
  overflowed: 'overflowed_total',
  acquireTimeouts: 'acquire_timeouts_total',
  rejected: 'rejected_total',
  aborted: 'aborted_total',
} as const

export interface Scraping {
  readonly url: string
  readonly pool: string | undefined
  readonly prefix: string
  readonly samples: number
  /** Milliseconds between two. */
  readonly every: number
  /** Told before each. */
  onSample(number: number): void
}

/** Reads /metrics as often as asked for. */
export async function scrape({
  url,
  pool,
  prefix,
  samples,
  every,
  onSample,
}: Scraping): Promise<{ samples: PoolSample[]; limit: number }> {
  const found: PoolSample[] = []
  let limit = Number.POSITIVE_INFINITY
  for (let number = 1; number <= samples; number++) {
    onSample(number)
    const text = await read(url)
    const series = parseMetrics(text, prefix)
    const name = poolIn(series, pool, url)
    found.push(sampleOf(series, name))
    limit = series.find((one) => one.name === 'limit_connections' && one.labels.pool === name)?.value ?? limit
    if (number < samples) await sleep(every)
  }
  return { samples: found, limit }
}

async function read(url: string): Promise<string> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Misuse(`${url} answered with ${response.status}`)
    return await response.text()
  } catch (error) {
    if (error instanceof Misuse) throw error
    const { cause } = error as Error
    throw new Misuse(`${url} can't be read: ${cause instanceof Error ? cause.message : (error as Error).message}`)
  }
}

interface Series {
  /** Without the prefix. */
  readonly name: string
  readonly labels: { readonly [label: string]: string }
  readonly value: number
}

/** The series of pools in Prometheus's text format. */
export function parseMetrics(text: string, prefix: string): Series[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    if (name === undefined || !name.startsWith(prefix)) return []
    const pairs = [...labels.matchAll(/\s*(\w+)="((?:[^"\\]|\\.)*)"\s*,?/gy)].map(([, label = '', text = '']) => [
      label,
      unescaped(text),
    ])
    return [
      {
        name: name.slice(prefix.length),
        labels: Object.fromEntries(pairs) as Series['labels'],
        value: Number(value?.replace('Inf', 'Infinity')),
      },
    ]
  })
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

function poolIn(series: readonly Series[], wanted: string | undefined, url: string): string {
  const names = [...new Set(series.flatMap(({ name, labels }) => (name === 'limit_connections' ? (labels.pool ?? []) : [])))]
  if (names.length === 0)
    throw new Misuse(
      `${url} has no metrics of polypool: collect them with polypool/prometheus, and give --prefix if it was told one`,
    )
  const [only = ''] = names
  if (wanted === undefined && names.length === 1) return only
  if (wanted !== undefined && names.includes(wanted)) return wanted
  const problem = wanted === undefined ? 'several pools: say which with --pool' : `no pool ${JSON.stringify(wanted)}`
  throw new Misuse(`${url} tells of ${problem}. There are ${names.join(', ')}`)
}

function sampleOf(series: readonly Series[], pool: string): PoolSample {
  const own = series.filter(({ labels }) => labels.pool === pool)
  const hosts: { [host: string]: { open: number; active: number; idle: number; pending: number; requests: number } } = {}
  for (const { name, labels, value } of own) {
    if (labels.host === undefined) continue
    const host = hosts[labels.host] ?? { open: 0, active: 0, idle: 0, pending: 0, requests: 0 }
    hosts[labels.host] = host
    if (name === 'pending_requests') host.pending = value
    if (name === 'requests') host.requests += value
    if (name === 'connections' && (labels.state === 'active' || labels.state === 'idle')) {
      host[labels.state] = value
      host.open += value
    }
  }
  // The metric counts those that wait, too.
  for (const host of Object.values(hosts)) host.requests -= host.pending
  const sum = (key: keyof OriginStats) => Object.values(hosts).reduce((all, host) => all + host[key], 0)
  const count = (name: string) => own.find((one) => one.name === name)?.value ?? 0
  const counted = Object.fromEntries(Object.entries(counters).map(([key, name]) => [key, count(name)])) as {
    readonly [C in keyof typeof counters]: number
  }
  const gauges = {
    open: sum('open'),
    active: sum('active'),
    idle: sum('idle'),
    pending: sum('pending'),
    requests: sum('requests'),
  }
  return {
    at: Date.now(),
    stats: { ...gauges, draining: 0, streams: { active: 0, capacity: 0 }, upgraded: 0, ...counted, hosts },
  }
}
