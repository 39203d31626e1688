import { type Callable, type Callables, sameNames } from '../callables.ts'

const perHost = { maxsize: 'maxsize', block: 'block', timeout: 'timeout.*', headers: 'headers', socket_options: 'socket_options' }

const hostPool: Callable = {
  positional: ['host', 'port', 'timeout', 'maxsize', 'block', 'headers'],
  takes: perHost,
  implied: { num_pools: 1 },
  distinctive: true,
}

const manager: Callable = {
  positional: ['num_pools', 'headers'],
  takes: { num_pools: 'num_pools', ...perHost },
  distinctive: true,
}

const proxyManager: Callable = {
  ...manager,
  positional: ['proxy_url', 'num_pools', 'headers', 'proxy_headers'],
  takes: { ...manager.takes, ...sameNames(['proxy_url', 'proxy_headers']) },
}

export const callables: Callables = {
  // As requests had it once.
  aliases: ['requests.packages.urllib3'],
  names: {
    PoolManager: manager,
    ProxyManager: proxyManager,
    proxy_from_url: {
      ...proxyManager,
      positional: ['url'],
      takes: { ...manager.takes, url: 'proxy_url', proxy_headers: 'proxy_headers' },
    },
    SOCKSProxyManager: {
      ...manager,
      positional: ['proxy_url', 'username', 'password', 'num_pools', 'headers'],
      takes: { ...manager.takes, proxy_url: 'proxy_url' },
    },
    HTTPConnectionPool: hostPool,
    HTTPSConnectionPool: hostPool,
    connection_from_url: { ...hostPool, positional: ['url'] },
    Timeout: {
      positional: ['total', 'connect', 'read'],
      takes: sameNames(['total', 'connect', 'read']),
      part: 'timeout',
      closed: [],
    },
  },
  perRequest: { pool_timeout: ['request', 'urlopen', 'request_encode_url', 'request_encode_body'] },
}
