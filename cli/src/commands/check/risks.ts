import type { PoolConfigField, ResolvedPoolConfig } from 'polypool'
import { commandLine, formatDuration, formatPath, formatValue } from 'polypool/internal'
import { reserve } from '../shared/descriptors.ts'

/** Something that is allowed, and goes wrong in production. */
export interface Risk {
  /** Stable, for programs. */
  readonly id: string
  readonly pool: string
  /** Path of the field in the pool. */
  readonly path: string
  readonly why: string
  readonly fix: string
}

type Found = Omit<Risk, 'pool' | 'path'> & { readonly field: PoolConfigField }

const unlimited = Number.POSITIVE_INFINITY
const second = 1000
const minute = 60 * second

/** Everything about one pool that is likely to hurt; the same field of a host only where the host sets it. */
export function risksOf(pool: string, config: ResolvedPoolConfig, descriptorLimit: number | undefined): Risk[] {
  const found = [...perHost(config), ...overall(config, descriptorLimit)].map(({ field, ...risk }) => ({
    ...risk,
    pool,
    path: field,
  }))
  const ofHosts = Object.entries(config.hosts).flatMap(([host, override]) =>
    perHost({ ...config, ...override })
      .filter(({ field }) => Object.hasOwn(override, field))
      .map(({ field, ...risk }) => ({ ...risk, pool, path: formatPath(['hosts', host, field]) })),
  )
  return [...found, ...ofHosts]
}

/** What can differ by host. */
function perHost(config: ResolvedPoolConfig): Found[] {
  return [...expiry(config), ...waiting(config), ...connecting(config), ...hints(config)]
}

function expiry({ keepAlive, keepAliveExpiry, maxLifetime }: ResolvedPoolConfig): Found[] {
  if (!keepAlive) return []
  const field = 'keepAliveExpiry'
  const value = formatDuration(keepAliveExpiry)
  const found: Found[] = []
  if (keepAliveExpiry >= minute) {
    found.push({
      id: 'expiry-above-60s',
      field,
      why: `idle connections are kept ${howLong(value)}, but many load balancers close them after 60s (AWS ALB; nginx 75s), so a request can meet a connection that is just being closed`,
      fix: 'set keepAliveExpiry a second below the shortest idle timeout on the way, 4s if you do not know it',
    })
  } else if (keepAliveExpiry >= 5 * second) {
    found.push({
      id: 'expiry-above-5s',
      field,
      why: `idle connections are kept ${howLong(value)}, but Node's own server, Apache and uvicorn close them after 5s; those that do not announce it by a Keep-Alive header close them in your hands`,
      fix: 'set keepAliveExpiry: 4s, or know that your servers wait longer',
    })
  }
  if (keepAliveExpiry === unlimited && maxLifetime === unlimited) {
    found.push({
      id: 'connections-for-ever',
      field,
      why: 'neither keepAliveExpiry nor maxLifetime ends a connection, so none ever follows a change of DNS or a new deployment',
      fix: 'set maxLifetime, e.g. 10m',
    })
  }
  return found
}

function waiting({ block, acquireTimeout, maxPending }: ResolvedPoolConfig): Found[] {
  if (!block || acquireTimeout <= minute) return []
  const field = 'acquireTimeout'
  if (acquireTimeout === unlimited) {
    const memory = maxPending === unlimited ? ', and nothing bounds how many do (maxPending is unlimited)' : ''
    return [
      {
        id: 'waiting-for-ever',
        field,
        why: `a request waits for a connection without limit${memory}: when a server hangs, so do all callers`,
        fix: 'set acquireTimeout, e.g. 2s',
      },
    ]
  }
  return [
    {
      id: 'acquire-above-60s',
      field,
      why: `a request may wait ${formatDuration(acquireTimeout)} for a connection; proxies and users give up after 60s, and then its work is for nobody`,
      fix: `set acquireTimeout to a few times the latency of a request (${commandLine} size computes it)`,
    },
  ]
}

function connecting({ connectTimeout }: ResolvedPoolConfig): Found[] {
  if (connectTimeout <= minute) return []
  const long = connectTimeout === unlimited ? 'as long as the system tries, about two minutes' : formatDuration(connectTimeout)
  return [
    {
      id: 'connect-above-60s',
      field: 'connectTimeout',
      why: `a server that does not answer holds a connection's place for ${long}`,
      fix: 'set connectTimeout, e.g. 5s: a set-up that takes longer rarely succeeds',
    },
  ]
}

function hints({ keepAlive, keepAliveHintMargin }: ResolvedPoolConfig): Found[] {
  // 5 s is what Node's own server announces.
  if (!keepAlive || keepAliveHintMargin < 5 * second) return []
  return [
    {
      id: 'margin-above-hint',
      field: 'keepAliveHintMargin',
      why: `a server that announces timeout=5, as Node's own does, gets a new connection for every request: ${formatDuration(keepAliveHintMargin)} before that there is nothing left`,
      fix: 'set keepAliveHintMargin: 1s',
    },
  ]
}

/** What holds for the pool as a whole. */
function overall(config: ResolvedPoolConfig, descriptorLimit: number | undefined): Found[] {
  return [...openEnded(config), ...descriptors(config, descriptorLimit), ...perHostAboveTotal(config), ...stale(config)]
}

function openEnded({ maxConnections, maxConnectionsPerHost, block, maxOverflow }: ResolvedPoolConfig): Found[] {
  if (maxConnections === unlimited) {
    const host =
      maxConnectionsPerHost === unlimited ? 'nothing limits connections at all' : 'each further host adds its own connections'
    return [
      {
        id: 'connections-unlimited',
        field: 'maxConnections',
        why: `${host}: a burst or a slow server opens as many as there are requests, until descriptors or the server give out`,
        fix: `set maxConnections (${commandLine} size computes it)`,
      },
    ]
  }
  if (maxOverflow !== unlimited) return []
  return [
    {
      id: 'overflow-unlimited',
      field: block ? 'maxOverflow' : 'block',
      why: `the limits bound only what is kept: beyond them, temporary connections are opened without end (maxOverflow is unlimited${block ? '' : ', as always with block: false if it is left out'})`,
      fix: 'set maxOverflow: 0 to refuse, or a number',
    },
  ]
}

function descriptors({ maxConnections, maxOverflow }: ResolvedPoolConfig, limit: number | undefined): Found[] {
  const most = maxConnections + maxOverflow
  if (limit === undefined || !Number.isFinite(most) || most + reserve <= limit) return []
  const sum = maxOverflow > 0 ? `maxConnections ${maxConnections} + maxOverflow ${maxOverflow}` : `${maxConnections} connections`
  return [
    {
      id: 'above-ulimit',
      field: 'maxConnections',
      why: `${sum} and what else the process opens (${reserve} or more) exceed its file descriptors: ulimit -n is ${limit} here, and then connects fail with EMFILE`,
      fix: `raise ulimit -n where this runs, or set maxConnections to ${Math.max(1, limit - reserve - maxOverflow)} or less`,
    },
  ]
}

function perHostAboveTotal({ maxConnections, maxConnectionsPerHost }: ResolvedPoolConfig): Found[] {
  if (!Number.isFinite(maxConnectionsPerHost) || maxConnectionsPerHost <= maxConnections) return []
  return [
    {
      id: 'per-host-above-total',
      field: 'maxConnectionsPerHost',
      why: `${maxConnectionsPerHost} connections to one host are never reached: maxConnections is ${formatValue('maxConnections', maxConnections)}`,
      fix: 'raise maxConnections, or lower maxConnectionsPerHost so that one host can’t use up the pool',
    },
  ]
}

function stale({ dnsCacheTtl }: ResolvedPoolConfig): Found[] {
  if (dnsCacheTtl <= 5 * minute) return []
  return [
    {
      id: 'dns-cache-long',
      field: 'dnsCacheTtl',
      why: `addresses are kept ${howLong(formatDuration(dnsCacheTtl))} whatever the records say: after a failover new connections still go to the old servers`,
      fix: 'set dnsCacheTtl: 30s, or 0',
    },
  ]
}

function howLong(duration: string): string {
  return duration === 'unlimited' ? 'for ever' : `for ${duration}`
}
