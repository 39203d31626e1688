import { type LibraryDefaults, onGithub } from '../defaults.ts'

const aiohttp = (version: string, module: string) => onGithub('aio-libs/aiohttp', `v${version}`, `aiohttp/${module}.py`)

/** Every default of aiohttp, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    limit: [{ value: 100, source: aiohttp('3.14.3', 'connector') }],
    limit_per_host: [{ value: 0, source: aiohttp('3.14.3', 'connector') }],
    keepalive_timeout: [{ value: 15, source: aiohttp('3.14.3', 'connector') }],
    force_close: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
    ttl_dns_cache: [{ value: 10, source: aiohttp('3.14.3', 'connector') }],
    use_dns_cache: [{ value: true, source: aiohttp('3.14.3', 'connector') }],
    enable_cleanup_closed: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
    proxy: [{ value: null, source: aiohttp('3.14.3', 'client') }],
    trust_env: [{ value: false, source: aiohttp('3.14.3', 'client') }],
    timeout: [
      { value: { total: 300 }, source: aiohttp('3.8.4', 'client') },
      { since: '3.10.9', value: { total: 300, sock_connect: 30 }, source: aiohttp('3.14.3', 'client') },
    ],
    'timeout.total': [{ value: null, source: aiohttp('3.14.3', 'client') }],
    'timeout.connect': [{ value: null, source: aiohttp('3.14.3', 'client') }],
    'timeout.sock_connect': [{ value: null, source: aiohttp('3.14.3', 'client') }],
    'timeout.sock_read': [{ value: null, source: aiohttp('3.14.3', 'client') }],
  },
  fixed: {
    scheduling: [
      { value: 'lifo', source: aiohttp('3.8.4', 'connector') },
      { since: '3.11.0', value: 'fifo', source: aiohttp('3.14.3', 'connector') },
    ],
    tcpKeepAlive: [{ value: false, source: aiohttp('3.14.3', 'connector') }],
    retryStale: [
      { value: false, source: aiohttp('3.8.4', 'client') },
      { since: '3.10.0', value: true, source: aiohttp('3.14.3', 'client') },
    ],
  },
}
