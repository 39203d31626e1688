import { type LibraryDefaults, onGithub } from '../defaults.ts'

const requestx = onGithub('neuesql/requestx', 'e8e9a70724b569e9e3e08239d37293b38ec3de75', 'src/timeout.rs')
const requestxClient = onGithub('neuesql/requestx', 'e8e9a70724b569e9e3e08239d37293b38ec3de75', 'python/requestx/_client.py')
const requestxTransport = onGithub('neuesql/requestx', 'e8e9a70724b569e9e3e08239d37293b38ec3de75', 'src/transport.rs')
const reqwest = onGithub('seanmonstar/reqwest', 'v0.13.1', 'src/async_impl/client.rs')

/** Every default of requestx, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    limits: [{ value: { max_connections: 100, max_keepalive_connections: 30, keepalive_expiry: 10 }, source: requestx }],
    'limits.max_connections': [{ value: null, source: requestx }],
    'limits.max_keepalive_connections': [{ value: null, source: requestx }],
    'limits.keepalive_expiry': [{ value: 5, source: requestx }],
    proxy: [{ value: null, source: requestxClient }],
    trust_env: [{ value: true, source: requestxClient }],
    http1: [{ value: true, source: requestxTransport }],
    http2: [{ value: false, source: requestxTransport }],
    timeout: [{ value: { connect: 5, read: 5, write: 5, pool: 5 }, source: requestx }],
  },
  fixed: { tcpKeepAlive: [{ value: 15_000, source: reqwest }] },
}
