import { formatDuration } from '../../config/durations.ts'
import { mean, peak, shareOf } from './measured.ts'
import { type AdviceRule, fewest, often, percent, withHeadroom } from './suggestion.ts'

/** Connections close as more idle than `maxIdleConnections` allows, and are made again. */
export const raiseIdle: AdviceRule = ({ maxIdleConnections, maxConnections }, { states, served, counts }) => {
  const full = shareOf(states, ({ idle }) => idle >= maxIdleConnections)
  const churn = counts.evicted / Math.max(1, served)
  const wanted = Math.min(withHeadroom(peak(states.map(({ open }) => open))), maxConnections)
  if (full.atLeast < often || counts.evicted < fewest || churn < often / 2 || wanted <= maxIdleConnections) return []
  return [
    {
      field: 'maxIdleConnections',
      current: maxIdleConnections,
      suggested: wanted,
      reason:
        `in ${full.count} of ${full.of} samples as many were idle as may be, and ${counts.evicted} were closed for that or to make room ` +
        `(${percent(counts.created / served)} of requests made a connect); up to ${peak(states.map(({ open }) => open))} were open, and 20 %`,
    },
  ]
}

/** Longer than this most servers and load balancers do not keep what idles. */
const longestExpiry = 60_000

/** Connections expire just before they would be used again. */
export const raiseExpiry: AdviceRule = ({ keepAliveExpiry, keepAlive }, { states, seconds, served, counts, closes, hosts }) => {
  const closed = Object.values(closes).reduce((sum, count) => sum + count, 0)
  const byServer = closed > 0 ? (closes.server ?? 0) / closed : 0
  if (!keepAlive || counts.created < fewest || counts.expired < counts.created / 2 || byServer >= often) return []
  const churn = counts.created / served
  // A connection is used once in so long, if those that are open are used alike.
  const open = mean(states.map((state) => state.open))
  const gap = (1000 * seconds * Math.max(1, open)) / served
  const suggested = roundUp(2 * Math.max(gap, keepAliveExpiry))
  if (churn < often || suggested > longestExpiry || suggested <= keepAliveExpiry) return []
  return [
    {
      field: 'keepAliveExpiry',
      current: keepAliveExpiry,
      suggested,
      reason:
        `${counts.created} connects for ${served} requests to ${hosts.length} hosts (${percent(churn)}), and ${counts.expired} connections expired: one is used every ` +
        `${formatDuration(Math.round(gap))} or so. Servers must keep idle connections for longer than that: a Keep-Alive header of theirs still counts`,
    },
  ]
}

/** Servers close what idles before the pool does: a request that is sent just then fails. */
export const lowerExpiry: AdviceRule = ({ keepAliveExpiry }, { closes }) => {
  const closed = Object.values(closes).reduce((sum, count) => sum + count, 0)
  const server = closes.server ?? 0
  const share = shareOf(
    Array.from({ length: closed }, (_, index) => index < server),
    (byServer) => byServer,
  )
  const suggested = Math.max(1000, Math.floor(keepAliveExpiry / 2))
  if (server < fewest || share.atLeast < often || suggested >= keepAliveExpiry) return []
  return [
    {
      field: 'keepAliveExpiry',
      current: keepAliveExpiry,
      suggested,
      reason: `servers closed ${server} of ${closed} connections before they had idled for ${formatDuration(keepAliveExpiry)}: half of that, then measure again. Better: as long as they keep them, less a second`,
    },
  ]
}

/** To a value that one would write. */
function roundUp(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(ms))
  return Math.ceil(ms / unit) * unit
}
