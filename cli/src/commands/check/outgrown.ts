import type { Origin } from 'polypool'
import { formatPath, type ResolvedPool } from 'polypool/internal'
import type { Deployment } from '../shared/deployment.ts'
import type { Risk } from './risks.ts'

/**
 * More processes than the limits were divided by: each keeps its share, so that all together have more than was meant.
 * @param count what the config says of their number
 */
export function outgrown(pools: readonly ResolvedPool[], count: number, { processes, rolling }: Deployment): Risk[] {
  if (count === 1 || rolling <= count) return []
  const when = processes > count ? `${processes} processes run` : `${rolling} processes run during a rolling update`
  const most = Math.max(processes, rolling)
  return pools.flatMap(({ name, settings }) => {
    // What is inherited is told where it was written.
    const [first] = [...settings.values()].filter(
      ({ value, total = 0, origin }) =>
        Number.isFinite(total) && Number(value) * most > total && ownedBy(name, origin) && total > 0,
    )
    if (first === undefined) return []
    const { field, host, value, total } = first
    const path = formatPath(host === undefined ? [field] : ['hosts', host, field])
    return [
      {
        id: 'more-processes',
        pool: name,
        path,
        why: `${total} are divided by processes: ${count}, but ${when}${processes > count && rolling > processes ? `, and ${rolling} during a rolling update` : ''}: together they may have ${Number(value) * most}`,
        fix: `set processes: ${rolling}${processes < rolling && processes <= count ? ', or give --surge 0 if no update adds replicas' : ''}`,
      },
    ]
  })
}

/** A pool that may lease more than its own share lets it have. */
export function dividedFleets(pools: readonly ResolvedPool[], count: number): Risk[] {
  return pools.flatMap(({ name, fleet, settings }) => {
    const { total = 0, value = 0 } = settings.get('maxConnections') ?? {}
    if (fleet === undefined || count === 1 || total === value) return []
    return [
      {
        id: 'divided-fleet',
        pool: name,
        path: 'maxConnections',
        why: `processes: ${count} leaves this process ${value} of ${total} connections, so that it can never lease more from its fleet`,
        fix: 'leave processes out where fleets share, or set maxConnections: unlimited for this pool',
      },
    ]
  })
}

function ownedBy(pool: string, origin: Origin): boolean {
  return 'pool' in origin && origin.pool === pool
}
