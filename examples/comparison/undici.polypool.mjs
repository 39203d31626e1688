import { createPool } from 'polypool/undici'
import { request } from 'undici'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})

export async function get(url) {
  const { body } = await request(url, { ...pool.options })
  return body.text()
}
