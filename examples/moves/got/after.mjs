import { createPool } from 'polypool/undici'
import { interceptors, request } from 'undici'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pool = createPool({ maxConnectionsPerHost: 3, maxIdleConnectionsPerHost: 2 })

/** What got did by itself: two more tries, and an error for other statuses than 2xx. */
const dispatcher = pool.options.dispatcher.compose(interceptors.retry({ maxRetries: 2 }), interceptors.responseError())

const get = async (path) => {
  const { body } = await request(`${origin}/${path}`, { dispatcher, signal: AbortSignal.timeout(5000) })
  return body.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`${n}`)))))
await pool.close()
