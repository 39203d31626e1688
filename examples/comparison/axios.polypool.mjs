import axios from 'axios'
import { createPool } from 'polypool/axios'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})
const api = axios.create(pool.options)

export async function get(url) {
  const { data } = await api.get(url)
  return data
}
