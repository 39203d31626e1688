import { createPool } from 'polypool/undici'
import { request } from 'undici'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pool = createPool({ maxConnectionsPerHost: 3, keepAliveExpiry: '15s', maxLifetime: '1m' })

const get = async (path) => {
  const { body } = await request(`${origin}${path}`, { ...pool.options })
  return body.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
await pool.close()
