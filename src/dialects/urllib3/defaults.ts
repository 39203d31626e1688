import { type LibraryDefaults, onGithub } from '../defaults.ts'

const urllib3Manager = onGithub('urllib3/urllib3', '2.7.0', 'src/urllib3/poolmanager.py')
const urllib3Pool = onGithub('urllib3/urllib3', '2.7.0', 'src/urllib3/connectionpool.py')
const urllib3Connection = onGithub('urllib3/urllib3', '2.7.0', 'src/urllib3/connection.py')
const unlimited = Number.POSITIVE_INFINITY

/** Every default of urllib3, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    num_pools: [{ value: 10, source: urllib3Manager }],
    maxsize: [{ value: 1, source: urllib3Pool }],
    block: [{ value: false, source: urllib3Pool }],
    pool_timeout: [{ value: null, source: urllib3Pool }],
    timeout: [{ value: null, source: urllib3Pool }],
    'timeout.connect': [{ value: null, source: urllib3Pool }],
    'timeout.read': [{ value: null, source: urllib3Pool }],
    'timeout.total': [{ value: null, source: urllib3Pool }],
  },
  fixed: {
    maxConnections: [{ value: unlimited, source: urllib3Manager }],
    keepAliveExpiry: [{ value: unlimited, source: urllib3Pool }],
    tcpKeepAlive: [{ value: false, source: urllib3Connection }],
  },
}
