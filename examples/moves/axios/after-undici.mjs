import { createPool } from 'polypool/undici'
import { request } from 'undici'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pool = createPool({ maxConnectionsPerHost: 3 })

const get = async (path) => {
  const { statusCode, body } = await request(new URL(path, origin), {
    ...pool.options,
    headers: { 'x-team': 'orders' },
    signal: AbortSignal.timeout(5000),
  })
  if (statusCode >= 300) {
    await body.dump()
    throw new Error(`Request failed with status code ${statusCode}`)
  }
  return body.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
await pool.close()
