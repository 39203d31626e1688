import fetch from 'node-fetch'
import { createPool } from 'polypool/node-fetch'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})

export async function get(url) {
  const response = await fetch(url, { ...pool.options })
  return response.text()
}
