import { type LibraryDefaults, onGithub } from '../defaults.ts'

const urllib3Connection = onGithub('urllib3/urllib3', '2.7.0', 'src/urllib3/connection.py')
const requests = onGithub('psf/requests', 'v2.34.2', 'src/requests/adapters.py')
const requestsSession = onGithub('psf/requests', 'v2.34.2', 'src/requests/sessions.py')
const unlimited = Number.POSITIVE_INFINITY

/** Every default of requests, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    pool_connections: [{ value: 10, source: requests }],
    pool_maxsize: [{ value: 10, source: requests }],
    pool_block: [{ value: false, source: requests }],
    trust_env: [{ value: true, source: requestsSession }],
  },
  fixed: {
    maxConnections: [{ value: unlimited, source: requests }],
    keepAliveExpiry: [{ value: unlimited, source: requests }],
    acquireTimeout: [{ value: unlimited, source: requests }],
    connectTimeout: [{ value: unlimited, source: requests }],
    tcpKeepAlive: [{ value: false, source: urllib3Connection }],
    retryStale: [{ value: false, source: requests }],
  },
}
