import { approximated, becomes, dropped, fact, nearly, nothing, unsupported } from '../expression.ts'
import { httpxFields as httpx, settings } from '../httpx/support.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

const limit = 'counts requests, not connections, in the async client only, and only if limits are given'
const unread = 'requestx passes over it, and speaks HTTP/2 wherever a server offers it; set http2: true for the same'
// As its source has it: python/requestx/_client.py, which keeps `proxy` from the client in Rust; reqwest asks the environment by itself.
const variables =
  'asks HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY whatever is set, and through a proxy no connection is used again'
const passedOver = 'requestx itself passes over it, and goes by the environment'
const idle = 'is a limit per host, and max_connections where it is left out'

export const support: DialectSupport = {
  dialect: 'requestx',
  defaults,
  settings: {
    ...settings,
    'limits.max_connections': nearly('maxConnections', `requestx itself ${limit}`),
    'limits.max_keepalive_connections': nearly(['maxIdleConnections', 'keepAlive'], `in requestx itself it ${idle}`),
    'limits.keepalive_expiry': becomes('keepAliveExpiry'),
    proxy: nearly('proxy', passedOver),
    mounts: nearly(['proxy', 'hosts'], 'in requestx itself transports can be mounted, which go through a proxy of theirs'),
    trust_env: nearly('proxy', `requestx itself ${variables}`),
    socket_options: dropped('requestx itself passes over them: its TCP probes begin after 15 s, whatever is set'),
    http1: dropped(unread),
    http2: dropped(unread),
    'timeout.pool': nearly(['acquireTimeout', 'block'], 'requestx itself heeds it only where max_connections holds'),
  },
  fields: {
    ...httpx,
    maxConnections: approximated('limits.max_connections', limit),
    maxIdleConnections: approximated('limits.max_keepalive_connections', idle),
    keepAliveExpiry: approximated('limits.keepalive_expiry', 'never unlimited, None is 5 s'),
    block: approximated('timeout.pool', 'pool=0 refuses every request, also where no limit is reached'),
    acquireTimeout: approximated('timeout.pool', 'counts where max_connections does: in the async client with limits given'),
    tcpKeepAlive: unsupported('TCP probes start after 15 s, whatever is set'),
    retryStale: unsupported('a request is sent again only if nothing of it was written'),
    scheduling: unsupported('the connection that was used last is reused, always'),
    proxy: approximated(['proxy', 'trust_env'], variables),
    noProxy: unsupported('NO_PROXY counts, whatever is set'),
    http2: unsupported('spoken wherever a server offers it, whatever is set'),
    maxStreamsPerConnection: unsupported('what the server allows, without a limit of its own'),
    hosts: unsupported('one client has one set of limits for all hosts'),
  },
  poolClass: 'requestx.Limits, on requestx.Client or requestx.AsyncClient',
  facts: {
    totalLimit: fact(defaults, 'limits.max_connections', 'AsyncClient only, and only if limits are given'),
    perHostLimit: nothing(),
    idleLimit: fact(defaults, 'limits.max_keepalive_connections', 'per host'),
    keepAliveExpiry: fact(defaults, 'limits.keepalive_expiry', 'seconds; by a timer'),
    block: { keyword: null, default: true, text: 'AsyncClient waits; Client has no limit' },
    acquireTimeout: fact(defaults, 'timeout.pool', 'seconds; PoolTimeout, AsyncClient only'),
    http2: nothing('where the server offers it, always'),
  },
}
