import type { ClientSupport, FieldSupport } from '../../adapter.ts'
import type { Note } from '../../config/types.ts'
import { proxiesOf } from '../proxies.ts'

export const enforced = (native: FieldSupport['native'], message: string): FieldSupport => ({ native, pool: 'enforced', message })

/** Also under got, whose own setting is another. */
export const retryStale: FieldSupport = {
  native: 'unsupported',
  pool: 'approximated',
  message: 'nothing is sent twice, and a connection may be used that the server has closed already: see req.reusedSocket',
  pooled:
    "a connection known to be dead is never used, for any method; but once node has written a request it can't be sent again: " +
    'see req.reusedSocket, and keep keepAliveExpiry below the server’s own',
}

/** What a client on node's agents makes of HTTP/2. `http2` says what to do about it. */
export function withoutHttp2(http2: string): Pick<ClientSupport['fields'], 'http2' | 'maxStreamsPerConnection' | 'pingInterval'> {
  const unsupported = (message: string): FieldSupport => ({ native: 'unsupported', pool: 'unsupported', message })
  return {
    http2: unsupported(http2),
    maxStreamsPerConnection: unsupported('a connection of an agent carries one request at a time'),
    pingInterval: unsupported('HTTP/1.1 has no pings; tcpKeepAlive has the probes of TCP'),
  }
}

/** What node's agent classes do with each field: by their own options, and under the pool. `message` is about the lesser of the two. */
const fields: ClientSupport['fields'] = {
  maxConnections: enforced(
    'approximated',
    'maxTotalSockets counts each agent alone, lets an idle connection of one host keep another host waiting, and is overshot when sockets close',
  ),
  maxConnectionsPerHost: enforced(
    'native',
    'maxSockets; every TLS name of a host counts by itself, and an asynchronous createConnection is not counted',
  ),
  maxIdleConnections: enforced('unsupported', 'there is no cap on idle connections over all hosts: maxFreeSockets is per host'),
  maxIdleConnectionsPerHost: enforced('native', 'maxFreeSockets'),
  minIdleConnectionsPerHost: enforced('unsupported', 'agents open a socket only for a request'),
  maxHosts: enforced('unsupported', 'agents have no limit on hosts'),
  keepAlive: enforced('native', 'keepAlive'),
  keepAliveExpiry: enforced(
    'approximated',
    'the nearest option, timeout, is an inactivity timer that also fires on active requests',
  ),
  keepAliveHintMargin: enforced(
    'approximated',
    'agentKeepAliveTimeoutBuffer; Node 20 does not know it, and hints count only if timeout is set too',
  ),
  maxLifetime: enforced('unsupported', 'agents do not limit the age of a connection'),
  maxRequestsPerConnection: enforced('unsupported', 'agents do not count the requests of a connection'),
  block: enforced('unsupported', 'at a limit agents always wait'),
  maxOverflow: enforced('unsupported', 'agents open no temporary connections beyond a limit'),
  acquireTimeout: enforced(
    'unsupported',
    'a request waits for a socket without limit, and neither timeout nor an abort reaches it there',
  ),
  maxPending: enforced('unsupported', 'the queue of an agent has no limit'),
  connectTimeout: enforced('unsupported', 'agents have no limit for TCP and TLS set-up: timeout only emits an event'),
  tcpKeepAlive: enforced('native', 'keepAliveMsecs; it cannot be switched off while keepAlive is true'),
  dnsCacheTtl: enforced('unsupported', 'agents do not cache look-ups; a caching lookup function can be passed'),
  scheduling: enforced('native', 'scheduling'),
  retryStale,
  ...proxiesOf({
    proxy:
      'proxyEnv, from Node 24.5 on (proxyEnv: process.env for proxy: env); limits do not hold while it dials, and it knows no SOCKS',
    noProxy: 'NO_PROXY of proxyEnv, in which a host stands for itself alone and no range has the form 10.0.0.0/8',
  }),
  ...withoutHttp2('node’s agents speak HTTP/1.1: open a pool of polypool/undici or polypool/fetch for what is to speak HTTP/2'),
  hosts: enforced('unsupported', 'one agent has one set of limits for all hosts'),
}

/** Where the caller itself hears its abort while the agent knows nothing of it. */
export function heardByCaller(timeouts: string): FieldSupport {
  return enforced('unsupported', `a request waits for a socket without limit: its caller hears an abort at once, but ${timeouts}`)
}

/** The support of a client on node's agents; clients differ in few fields. */
export function nodeSupport(
  client: string,
  usage: string,
  peer: ClientSupport['peer'],
  { advice = [], ...changes }: Partial<ClientSupport['fields']> & { advice?: readonly Note[] } = {},
): ClientSupport {
  return { client, usage, peer, fields: { ...fields, ...changes }, advice }
}

export const support: ClientSupport = nodeSupport(
  'node:http',
  'http.get(url, { agent: pool.options.http }), and pool.options.https with https',
  null,
)
