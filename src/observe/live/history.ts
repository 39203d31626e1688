import type { OriginStats, PoolStats } from '../../adapter.ts'
import type { CloseCounts, PoolSample } from '../advice/samples.ts'
import type { ConnectionCloseMessage } from '../channels.ts'

/** Samples that are kept of each pool, and how far apart they are taken: five minutes. */
export const kept = 150
export const interval = 2000

/** Hosts that a sample tells apart: those with most connections and waiting requests. */
const mostHosts = 50

/** The last minutes of one pool, and its closes by reason. */
export class History {
  readonly #samples: PoolSample[] = []
  readonly #closes: { [R in ConnectionCloseMessage['reason']]?: number } = {}

  get samples(): readonly PoolSample[] {
    return this.#samples
  }

  get closes(): CloseCounts {
    return { ...this.#closes }
  }

  countClose(reason: ConnectionCloseMessage['reason']): void {
    this.#closes[reason] = (this.#closes[reason] ?? 0) + 1
  }

  add(at: number, { ready: _, ...stats }: PoolStats): void {
    this.#samples.push({ at, stats: { ...stats, hosts: busiest(stats.hosts) }, closes: this.closes })
    if (this.#samples.length > kept) this.#samples.shift()
  }
}

function busiest(hosts: PoolStats['hosts']): PoolStats['hosts'] {
  const entries = Object.entries(hosts)
  if (entries.length <= mostHosts) return hosts
  const weight = ({ open, pending }: OriginStats) => open + pending
  return Object.fromEntries(entries.sort(([, one], [, other]) => weight(other) - weight(one)).slice(0, mostHosts))
}
