// A service that stops without losing a request: `node examples/shutdown.mjs`, then SIGTERM. The order is what counts: first the server takes
// no more requests, then those that it has are answered, then the pools that they needed close; a deadline ends what takes too long.
import http from 'node:http'
import { createPool } from 'polypool/undici'
import { request } from 'undici'

const upstream = process.env.UPSTREAM ?? 'http://127.0.0.1:8080'
/** Shorter than what the container is given between SIGTERM and SIGKILL. */
const deadline = Number(process.env.DEADLINE ?? 8000)

const pool = createPool({ maxConnections: 20, acquireTimeout: '2s' }, {}, { name: 'upstream' })

const server = http.createServer(async ({ url }, response) => {
  try {
    const { statusCode, body } = await request(upstream + url, pool.options)
    response.writeHead(statusCode)
    body.pipe(response)
  } catch (error) {
    response.writeHead(502).end(error.message)
  }
})

async function stop() {
  const started = Date.now()
  // Idle connections of callers close at once; those in use with their answer.
  const served = new Promise((resolve) => server.close(resolve))
  const late = new Promise((resolve) => setTimeout(resolve, deadline).unref())
  await Promise.race([served, late])
  // What runs for callers has ended, or is too late: the pool gives it the rest of the time, and then destroys it.
  await pool.close({ timeout: Math.max(0, deadline - (Date.now() - started)) })
  server.closeAllConnections()
}

process.once('SIGTERM', stop)
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(server.address().port))
