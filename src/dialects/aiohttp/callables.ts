import { type Callables, sameNames } from '../callables.ts'

const requests = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'request', 'ws_connect']
const timeouts = ['total', 'connect', 'sock_read', 'sock_connect']

export const callables: Callables = {
  names: {
    TCPConnector: {
      takes: sameNames([
        'limit',
        'limit_per_host',
        'keepalive_timeout',
        'force_close',
        'ttl_dns_cache',
        'use_dns_cache',
        'enable_cleanup_closed',
      ]),
      part: '',
      distinctive: true,
    },
    ClientTimeout: {
      positional: timeouts,
      takes: sameNames(timeouts),
      part: 'timeout',
      closed: ['ceil_threshold'],
      distinctive: true,
    },
    ClientSession: {
      takes: { ...sameNames(['proxy', 'proxy_auth', 'trust_env']), connector: '*', timeout: 'timeout.*' },
      distinctive: true,
    },
  },
  perRequest: { proxy: requests, proxy_auth: requests },
}
