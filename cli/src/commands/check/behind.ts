import type { ReverseProxyName } from 'polypool/dialects'
import { formatDuration, type ResolvedPool } from 'polypool/internal'
import { knownReverseProxy, writtenFor } from '../shared/reverse-proxies.ts'
import type { Risk } from './risks.ts'

export interface Behind {
  readonly proxy: ReverseProxyName
  /** The pool that the proxy's config was written from. */
  readonly held: ResolvedPool
  /** The server behind it, where `hosts` has limits for it. */
  readonly upstream: string | undefined
}

/**
 * What a process's own config spoils of what a proxy before its upstream holds.
 * @param count how many processes the config is divided among
 */
export function behindRisks({ name, config }: ResolvedPool, { proxy: proxyName, held, upstream }: Behind, count: number): Risk[] {
  const proxy = knownReverseProxy(proxyName)
  const { title, listens } = proxy.support
  const { facts } = writtenFor(proxy, held.whole, {
    upstream: upstream ?? 'http://upstream.invalid',
    ...(listens ? { listen: '127.0.0.1:1' } : {}),
  })
  const risks: Risk[] = []
  const risk = (id: string, path: string, why: string, fix: string) => risks.push({ id, pool: name, path, why, fix })
  const { maxConnections, maxConnectionsPerHost, maxOverflow, acquireTimeout, block, keepAlive, keepAliveExpiry } = config
  const own = Math.min(maxConnections, maxConnectionsPerHost) + maxOverflow
  if (own < facts.open) {
    const path = maxConnections < maxConnectionsPerHost ? 'maxConnections' : 'maxConnectionsPerHost'
    const shared = count > 1 ? `, its part of ${count} processes,` : ''
    const most = Number.isFinite(facts.open) ? `${facts.open} to the upstream` : 'as many to the upstream as are asked for'
    const fix = Number.isFinite(facts.open) ? `set ${path} of the processes to ${facts.open} or more` : `set ${path}: unlimited`
    risk(
      'below-the-proxy',
      path,
      `${own} connections of a process${shared} lie below what ${title} opens, ${most}: a busy process can't use what the others leave`,
      `${fix}${count > 1 ? ', and leave processes out' : ''}: ${title} holds the limit for all`,
    )
  }
  if (block && facts.wait !== null && facts.wait > 0 && acquireTimeout <= facts.wait) {
    const wait = formatDuration(facts.wait)
    risk(
      'gives-up-before-the-proxy',
      'acquireTimeout',
      `${formatDuration(acquireTimeout)} end before what waits in ${title} is refused, after ${wait}: a request is given up that was about to be sent`,
      Number.isFinite(facts.wait)
        ? `set acquireTimeout, and the timeout of the request, above ${wait}`
        : `bound the wait in ${title}: set acquireTimeout in pool ${held.name}, which it was written from`,
    )
  }
  if (keepAlive && keepAliveExpiry >= facts.clientKeepAlive) {
    const kept = formatDuration(facts.clientKeepAlive)
    risk(
      'kept-longer-than-the-proxy',
      'keepAliveExpiry',
      `${title} closes a client's idle connection after ${kept}, before this process does: a request can meet a connection that is just being closed`,
      `set keepAliveExpiry below ${kept}`,
    )
  }
  return risks
}
