import { approximated, asksVariables, becomes, fact, native, nearly, nothing, unsupported } from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { support as urllib3 } from '../urllib3/support.ts'
import { defaults } from './defaults.ts'

export const support: DialectSupport = {
  dialect: 'requests',
  defaults,
  settings: {
    pool_connections: nearly('maxHosts', 'counts each scheme, and each proxy, by itself; a pool has one number for all'),
    pool_maxsize: becomes(['maxConnectionsPerHost', 'maxIdleConnectionsPerHost']),
    pool_block: becomes(['block', 'maxConnectionsPerHost']),
    proxies: nearly(
      ['proxy', 'hosts'],
      'of requests all http hosts behind a proxy share one pool; a pool has its limits for each host',
    ),
    trust_env: nearly('proxy', `${asksVariables}, also where proxies are given, anew for each request; and .netrc`),
    headers: becomes('keepAlive', 'of headers only Connection: close means something to a pool'),
  },
  fields: {
    ...urllib3.fields,
    proxy: approximated(
      ['proxies', 'trust_env'],
      'http hosts behind a proxy share one pool; trust_env=False, without which the environment goes first, leaves .netrc and REQUESTS_CA_BUNDLE unread too',
    ),
    noProxy: unsupported(
      'a host is reached directly by an entry of its own in proxies, "https://host": ""; NO_PROXY counts for proxies of the environment',
    ),
    maxConnectionsPerHost: native(
      ['pool_maxsize', 'pool_block'],
      'pool_maxsize is a limit only with pool_block=True; without, it is what is kept',
    ),
    maxIdleConnectionsPerHost: native(
      'pool_maxsize',
      'one number says how many connections of a host are opened and how many are kept',
    ),
    maxHosts: native('pool_connections', 'pool_connections is always finite'),
    block: native('pool_block', 'pool_block=True needs a pool_maxsize, a limit for each host'),
    maxOverflow: approximated('pool_block', 'none with pool_block=True, any number with pool_block=False'),
    acquireTimeout: unsupported('a request waits for ever with pool_block=True, and never without'),
    connectTimeout: unsupported('set with each request, timeout=(connect, read)'),
    tcpKeepAlive: unsupported('TCP probes are off; an adapter of your own can pass socket_options on'),
    retryStale: unsupported('a request that meets a dead connection fails; max_retries is for connecting only'),
    hosts: unsupported('one adapter has one set of limits; another can be mounted on the address of a host'),
  },
  poolClass: 'requests.adapters.HTTPAdapter, mounted on a Session',
  facts: {
    totalLimit: nothing(),
    perHostLimit: fact(defaults, 'pool_maxsize', 'a limit with pool_block=True only'),
    idleLimit: fact(defaults, 'pool_maxsize', 'per host, for pool_connections hosts'),
    keepAliveExpiry: nothing('kept until the server closes'),
    block: fact(defaults, 'pool_block', 'False opens connections beyond pool_maxsize and drops them after use'),
    acquireTimeout: nothing('with pool_block=True it waits for ever'),
    http2: nothing(),
  },
}
