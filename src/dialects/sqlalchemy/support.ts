import {
  approximated,
  becomes,
  fact,
  native,
  nearly,
  nothing,
  proxiesElsewhere,
  unknownToHttp1,
  unsupported,
} from '../expression.ts'
import type { DialectSupport } from '../types.ts'
import { defaults } from './defaults.ts'

const oneHost = 'an engine has one host; the limit becomes part of pool_size and max_overflow'

export const support: DialectSupport = {
  dialect: 'sqlalchemy',
  defaults,
  settings: {
    pool_size: becomes('maxConnections'),
    max_overflow: nearly(
      'maxOverflow',
      'a connection of the overflow is kept if fewer than pool_size lie idle when it comes back; a pool closes it',
    ),
    pool_timeout: becomes(['acquireTimeout', 'block']),
    pool_recycle: nearly(['maxLifetime', 'keepAlive'], 'the same for all connections; a pool takes up to 10 % off at random'),
    pool_pre_ping: nearly(
      'retryStale',
      'tries a connection before use; a pool never uses one that is known to be dead, and sends a request again if it is safe',
    ),
    pool_use_lifo: becomes('scheduling'),
  },
  fields: {
    ...unknownToHttp1,
    ...proxiesElsewhere('a database is reached directly'),
    http2: unsupported('databases have protocols of their own'),
    pingInterval: unsupported("the driver's, in connect_args"),
    maxConnections: native('pool_size', 'pool_size is what is kept, and with max_overflow the limit'),
    maxConnectionsPerHost: unsupported(oneHost),
    maxIdleConnections: unsupported('it becomes pool_size, and the rest of the limit max_overflow'),
    maxIdleConnectionsPerHost: unsupported(oneHost),
    minIdleConnectionsPerHost: unsupported(
      'pool_size keeps connections that a request has needed; none is opened ahead, or anew when one is lost',
    ),
    maxHosts: unsupported('an engine has one host'),
    keepAlive: approximated('pool_recycle', 'pool_recycle=0 replaces each connection when it is taken again, not after its use'),
    keepAliveExpiry: unsupported('idle connections are kept for ever'),
    maxLifetime: approximated('pool_recycle', 'looked at when a connection is taken, and the same for all'),
    block: approximated(
      'pool_timeout',
      'pool_timeout=0 refuses at once where the overflow is used up; max_overflow=-1 never waits',
    ),
    maxOverflow: approximated(
      'max_overflow',
      'a connection of the overflow is kept if fewer than pool_size lie idle when it comes back',
    ),
    acquireTimeout: native('pool_timeout', 'counts where requests wait at all'),
    connectTimeout: unsupported("the driver's, in connect_args"),
    tcpKeepAlive: unsupported("the driver's, in connect_args"),
    dnsCacheTtl: unsupported('look-ups are not cached'),
    scheduling: native('pool_use_lifo'),
    retryStale: approximated('pool_pre_ping', 'a connection is tried before use instead of the request being sent again'),
    hosts: unsupported('an engine has one host'),
  },
  poolClass: 'sqlalchemy.pool.QueuePool, by create_engine',
  facts: {
    totalLimit: fact(defaults, 'pool_size', 'and max_overflow=10 more; 0 is unlimited'),
    perHostLimit: nothing('an engine has one host'),
    idleLimit: fact(defaults, 'pool_size'),
    keepAliveExpiry: nothing('pool_recycle is the age since creation'),
    block: { keyword: null, default: true, text: 'waits when max_overflow is used up' },
    acquireTimeout: fact(defaults, 'pool_timeout', 'seconds; TimeoutError'),
    http2: nothing(),
  },
}
