import { type LibraryDefaults, onGithub } from '../defaults.ts'

const httpx = onGithub('encode/httpx', '0.28.1', 'httpx/_config.py')
const httpxClient = onGithub('encode/httpx', '0.28.1', 'httpx/_client.py')
const httpcore = onGithub('encode/httpcore', '1.0.9', 'httpcore/_async/http2.py')
const httpxTransport = onGithub('encode/httpx', '0.28.1', 'httpx/_transports/default.py')

/** Every default of httpx, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    limits: [{ value: { max_connections: 100, max_keepalive_connections: 20, keepalive_expiry: 5 }, source: httpx }],
    'limits.max_connections': [{ value: null, source: httpx }],
    'limits.max_keepalive_connections': [{ value: null, source: httpx }],
    'limits.keepalive_expiry': [{ value: 5, source: httpx }],
    http1: [{ value: true, source: httpxClient }],
    http2: [{ value: false, source: httpxClient }],
    proxy: [{ value: null, source: httpxClient }],
    trust_env: [{ value: true, source: httpxClient }],
    socket_options: [{ value: null, source: httpxTransport }],
    timeout: [{ value: { connect: 5, read: 5, write: 5, pool: 5 }, source: httpx }],
  },
  fixed: {
    tcpKeepAlive: [{ value: false, source: httpxTransport }],
    retryStale: [{ value: false, source: httpxTransport }],
    pingInterval: [{ value: false, source: httpcore }],
  },
}
