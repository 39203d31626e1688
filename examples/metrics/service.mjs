// A service whose pool is scraped: http://127.0.0.1:9464/metrics. It is its own caller, so that there is something to see.
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from 'polypool/fetch'
import { collect } from 'polypool/prometheus'
import { register } from 'prom-client'
import { upstream } from '../upstream.mjs'

const backend = await upstream()
// One is to be ready, for which ten leave no room while 25 ask: the dashboard shows it missing.
const pool = createPool({ maxConnections: 10, minIdleConnectionsPerHost: 1 }, {}, { name: 'orders' })
const stop = collect(pool)

const metrics = http.createServer(async (_request, response) => {
  response.setHeader('content-type', register.contentType).end(await register.metrics())
})
// Prometheus may ask from a container.
metrics.listen(Number(process.env.PORT ?? 9464), process.env.HOST ?? '127.0.0.1', () =>
  console.log(`metrics at http://127.0.0.1:${metrics.address().port}/metrics`),
)

let running = true
async function caller() {
  while (running) {
    try {
      const answer = await pool.fetch(`${backend.url}/orders`)
      await answer.json()
    } catch (error) {
      console.error(error)
    }
    await sleep(Math.random() * 50)
  }
}
// More than there are connections: some wait.
const callers = Array.from({ length: 25 }, caller)

process.once('SIGTERM', end).once('SIGINT', end)

async function end() {
  running = false
  await Promise.all(callers)
  stop()
  await pool.close()
  backend.close()
  metrics.close()
  metrics.closeAllConnections()
}
