import { createPool } from 'polypool/fetch'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pool = createPool({ maxConnectionsPerHost: 3, keepAliveExpiry: '30s' })

const get = async (path) => {
  const response = await pool.fetch(`${origin}${path}`)
  if (!response.ok) throw new Error(`${response.status}`)
  return response.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
await pool.close()
