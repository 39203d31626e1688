import { compileHosts } from '../../config/hosts.ts'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { type HostEvidence, mean, peak, shareOf } from './measured.ts'
import { type AdviceRule, fewest, largestStep, often, round, type Suggestion, withHeadroom } from './suggestion.ts'

/**
 * A host's own limit is reached while its requests wait: an override for it; a larger limit for all if most hosts are there. Where others keep
 * the rest of the total, it is beside a larger total: to take their connections would have them connect again.
 */
export const raisePerHost: AdviceRule = (config, { hosts, served, states }) => {
  const limitsOf = compileHosts(config)
  if (served < fewest) return []
  const pinned = hosts.flatMap((host) => {
    const current = limitsOf(host.host).maxConnectionsPerHost
    // Where the total is full too, more for one host would be less for the others.
    const hasRoom = (at: number) => (states[at]?.active ?? 0) < config.maxConnections
    const share = shareOf(host.samples, ({ active, pending }, at) => pending > 0 && active >= current && hasRoom(at))
    return share.atLeast >= often ? [{ host, current, share }] : []
  })
  // What the total has left on average, shared out.
  const left = Math.max(0, config.maxConnections - hosts.reduce((sum, host) => sum + keptBy(host), 0))
  const room = Math.floor(left / Math.max(1, pinned.length))
  const suggestions = pinned.flatMap(({ host: { host, samples }, current, share }): Suggestion[] => {
    const active = mean(samples.map((sample) => sample.active))
    const waiting = mean(samples.map(({ pending }) => pending))
    const suggested = Math.min(withHeadroom(active + waiting), largestStep * current, current + (room > 0 ? room : current))
    if (suggested <= current) return []
    const reason =
      `in ${share.count} of ${share.of} samples all ${current} to ${host} were in use and requests waited there; ` +
      `${round(active)} in use and ${round(waiting)} waiting on average, and 20 %`
    return [{ field: 'maxConnectionsPerHost', host, current, suggested, reason }]
  })
  return [
    ...(room > 0 ? [] : besideHosts(config.maxConnections, left, suggestions)),
    ...joined(config, suggestions, hosts.length),
  ]
}

/** Connections that the host uses, at the most as many as it has: of those that idle, what it never uses at once counts as free. */
function keptBy({ samples }: HostEvidence): number {
  return Math.min(mean(samples.map(({ open }) => open)), Math.max(1, peak(samples.map(({ active }) => active))))
}

/** The total that larger limits of hosts need, so that nobody else has less. */
function besideHosts(maxConnections: number, left: number, raised: readonly Suggestion[]): Suggestion[] {
  const more = raised.reduce((sum, { suggested, current }) => sum + suggested - current, 0)
  const suggested = Math.min(maxConnections + more - Math.floor(left), largestStep * maxConnections)
  if (suggested <= maxConnections) return []
  const who = raised.length === 1 ? `${raised[0]?.host} needs` : `${raised.length} hosts at their own limits need`
  const reason = `${who} ${more} more, while hosts use all but ${Math.floor(left)} of the ${maxConnections} that there are ${maxConnections}`
  return [{ field: 'maxConnections', current: maxConnections, suggested, reason }]
}

/** One limit for all in place of one for each, if most hosts need a larger one. */
function joined(config: ResolvedPoolConfig, suggestions: Suggestion[], hosts: number): Suggestion[] {
  const ownLimit = suggestions.every(({ current }) => current === config.maxConnectionsPerHost)
  if (!ownLimit || suggestions.length < 2 || suggestions.length < hosts / 2) return suggestions
  const most = suggestions.reduce((one, other) => (other.suggested > one.suggested ? other : one))
  const { host: _, ...forAll } = most
  return [{ ...forAll, reason: `${suggestions.length} of ${hosts} hosts are at their limit. Of the busiest: ${most.reason}` }]
}

/** One host takes nearly all of the total, and others wait: a cap for it that leaves it what it has used, beside a larger total. */
export const capHog: AdviceRule = (config, measured) => {
  const { hosts, states, counts } = measured
  const { maxConnections } = config
  if (hosts.length < 2 || !Number.isFinite(maxConnections) || counts.evicted < fewest) return []
  const limitsOf = compileHosts(config)
  const hog = hosts.find(({ samples }) => mean(samples.map(({ active }) => active)) >= hogShare * maxConnections)
  if (hog === undefined || limitsOf(hog.host).maxConnectionsPerHost < maxConnections) return []
  const others = shareOf(states, ({ pending, hosts: at }) => pending > (at[hog.host]?.pending ?? 0))
  if (others.atLeast < often) return []
  const used = mean(hog.samples.map(({ active }) => active))
  return [
    {
      field: 'maxConnectionsPerHost',
      host: hog.host,
      current: limitsOf(hog.host).maxConnectionsPerHost,
      suggested: maxConnections,
      reason:
        `${hog.host} had ${round(used)} of all ${maxConnections} in use on average while others waited in ${others.count} of ${others.of} samples: ` +
        'it keeps as many as there are now, and what maxConnections is raised by is for the others',
    },
  ]
}

const hogShare = 0.8

/** So many come while a connection is made that have to wait for it, after a time without any: some to keep. */
export const keepReady: AdviceRule = (config, measured) => {
  const { histograms, counts, served } = measured
  const connect = histograms?.connect
  const churn = counts.created / Math.max(1, served)
  if (histograms === undefined || connect === undefined || connect.count < fewest || counts.created < fewest || churn < often)
    return []
  if (counts.expired < counts.created / 2) return []
  const limitsOf = compileHosts(config)
  return measured.hosts.flatMap((host) => keepReadyFor(host, limitsOf(host.host), histograms.recorded / 1000))
}

function keepReadyFor(
  { host, histograms }: HostEvidence,
  {
    minIdleConnectionsPerHost: current,
    maxConnectionsPerHost,
    maxIdleConnectionsPerHost,
  }: ReturnType<ReturnType<typeof compileHosts>>,
  seconds: number,
): Suggestion[] {
  if (histograms === undefined || histograms.connect.count < fewest) return []
  const { acquire, connect } = histograms
  const mean = connect.sum / connect.count
  const rate = acquire.count / seconds
  const suggested = Math.min(Math.ceil((rate * mean) / 1000), maxConnectionsPerHost, maxIdleConnectionsPerHost)
  if (suggested <= current) return []
  const reason =
    `${connect.count} connects of ${round(mean)} ms for ${acquire.count} requests: most connections expire before they are used again, and ` +
    `${round(rate)}/s × ${round(mean)} ms = ${round((rate * mean) / 1000)} requests come while one is made`
  return [{ field: 'minIdleConnectionsPerHost', host, current, suggested, reason }]
}
