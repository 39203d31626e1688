import { createPool } from 'polypool/fetch'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})

export async function get(url) {
  const response = await pool.fetch(url)
  return response.text()
}
