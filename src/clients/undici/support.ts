import type { Advice, ClientPeer, ClientSupport, FieldSupport } from '../../adapter.ts'
import type { Peer } from '../../engines/undici-dispatcher/peer.ts'
import { proxiesOf } from '../proxies.ts'

const enforced = (native: FieldSupport['native'], message: string): FieldSupport => ({ native, pool: 'enforced', message })

/** What undici does with each field: by the options of its Agent, and under the pool. `message` is about the lesser of the two. */
const fields: ClientSupport['fields'] = {
  maxConnections: enforced(
    'unsupported',
    'undici has no limit over all hosts: maxOrigins counts origins, and throws at one more',
  ),
  maxConnectionsPerHost: enforced('approximated', 'connections; undici 7 opens up to four times as many while connections close'),
  maxIdleConnections: enforced('unsupported', 'undici closes idle connections by time only, whatever their number'),
  maxIdleConnectionsPerHost: enforced('unsupported', 'undici closes idle connections by time only, whatever their number'),
  minIdleConnectionsPerHost: enforced('unsupported', 'undici connects only for a request'),
  maxHosts: enforced('unsupported', 'maxOrigins does not close the least recently used: it throws'),
  keepAlive: enforced('native', 'pipelining: 0'),
  keepAliveExpiry: enforced(
    'native',
    'keepAliveTimeout together with keepAliveMaxTimeout: without that a hint of the server prolongs it',
  ),
  keepAliveHintMargin: enforced('native', 'keepAliveTimeoutThreshold'),
  maxLifetime: enforced(
    'approximated',
    'clientTtl; it is looked at when a request comes, not by a timer, is unknown where connections is 1, and with connections undici 7 may hang',
  ),
  maxRequestsPerConnection: enforced('approximated', 'maxRequestsPerClient; undici 7 sends one request more'),
  block: enforced('unsupported', 'at a limit undici always waits'),
  maxOverflow: enforced('unsupported', 'undici opens no temporary connections beyond a limit'),
  acquireTimeout: enforced(
    'unsupported',
    'a request waits for a connection without limit: its timeouts count from when it is sent, and an abort is heard then; only fetch hears it before',
  ),
  maxPending: enforced('unsupported', 'the queue of undici has no limit'),
  connectTimeout: enforced(
    'approximated',
    'connect.timeout; it fires up to a second late, below one second always at one second',
  ),
  tcpKeepAlive: { native: 'native', pool: 'native', message: 'connect.keepAlive and connect.keepAliveInitialDelay' },
  dnsCacheTtl: enforced(
    'unsupported',
    'undici does not cache look-ups, and its dns interceptor opens connections per address; connect.lookup can',
  ),
  scheduling: enforced('unsupported', 'undici takes the first of its connections that is free'),
  retryStale: enforced(
    'unsupported',
    'undici sends nothing twice; its retry interceptor also repeats requests that were answered with an error',
  ),
  ...proxiesOf({
    proxy:
      'EnvHttpProxyAgent in place of Agent, with httpProxy and httpsProxy (without them for proxy: env); it heeds connections for https alone',
    noProxy: 'noProxy of EnvHttpProxyAgent, in which a host stands for itself alone and a range has no form',
  }),
  http2: {
    ...enforced(
      'approximated',
      'allowH2; connect.preferH2 has it offered first. That a host must speak it can’t be said, and after a GOAWAY one connection more is open than connections allows',
    ),
    pooled: 'with undici 8.11 or later',
  },
  maxStreamsPerConnection: enforced('native', 'maxConcurrentStreams'),
  pingInterval: enforced('approximated', 'pingInterval; before undici 8.13.1 a connection that is dead is kept'),
  hosts: enforced('unsupported', 'one Agent has one set of options for all hosts; factory can make others'),
}

const advice: readonly Advice[] = [
  {
    field: 'keepAlive',
    support: 'native',
    message: 'undici itself closes a connection after a body sent with a method that is not made for one, such as DELETE',
  },
  {
    field: 'proxy',
    unless: 'proxy',
    support: 'unsupported',
    message: "a pool's dispatcher connects directly, whatever HTTP_PROXY says, unless proxy says otherwise",
  },
]

/** Where the client would speak HTTP/2 of itself. */
export function http1Unless(where: string): Advice {
  return {
    field: 'http2',
    unless: 'http2',
    support: 'enforced',
    message: `the pool speaks HTTP/1.1, one request at a time on a connection, until http2 is set: ${where} by itself speaks HTTP/2 where servers offer it (http2: false says that HTTP/1.1 is meant)`,
  }
}

/** HTTP/2 is there from 8.11 on; with 8.13 undici hears of a connection that is dead by itself. */
const peer: ClientPeer = { name: 'undici', range: '^7.27.1 || ^8.2.0', landmarks: ['8.11.0', '~8.12.0'] }

/** The support of a client on undici. */
export function undiciSupport(
  client: string,
  additional: readonly Advice[] = [],
  usage = 'request(url, { ...pool.options })',
): ClientSupport {
  return { client, usage, peer, fields, advice: [...advice, ...additional] }
}

const ofUndici8 = http1Unless('undici 8')

export const support: ClientSupport = undiciSupport('undici', [ofUndici8])

/** With that undici. */
export function supportOn({ major }: Pick<Peer, 'major'>): ClientSupport {
  return major >= 8 ? support : { ...support, advice: support.advice.filter((note) => note !== ofUndici8) }
}
