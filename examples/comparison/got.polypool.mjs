import got from 'got'
import { createPool } from 'polypool/got'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})
const api = got.extend(pool.options)

export function get(url) {
  return api(url).text()
}
