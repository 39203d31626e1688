import { createPool } from 'polypool/fetch'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pool = createPool({ maxConnectionsPerHost: 3 })

/** What axios did: a base, a timeout, headers, and an error for statuses from 300 on. */
const get = async (path) => {
  const response = await pool.fetch(new URL(path, origin), {
    headers: { 'x-team': 'orders' },
    signal: AbortSignal.timeout(5000),
  })
  if (!response.ok) throw new Error(`Request failed with status code ${response.status}`)
  return response.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
await pool.close()
