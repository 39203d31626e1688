// What needs the packages of metrics besides: a pool that both tell of, and what one of them says of it.
import { once } from 'node:events'
import http from 'node:http'
import { metrics } from '@opentelemetry/api'
import * as polypool from 'polypool'
import * as nodeHttpPool from 'polypool/node-http'
import { instrument } from 'polypool/otel'
import { collect } from 'polypool/prometheus'
import { Registry } from 'prom-client'
import { measure } from './measure.cjs'
import * as senders from './senders.cjs'

/** Five requests over two connections, as they are scraped. */
async function scraped() {
  const server = http.createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = nodeHttpPool.createPool({ maxConnections: 2 }, {}, { name: 'observed' })
  const registry = new Registry()
  const stops = [collect(pool, { registry }), instrument(pool, { meterProvider: metrics.getMeterProvider() })]
  const send = senders.nodeHttp()(pool)
  await Promise.all(Array.from({ length: 5 }, () => send(`http://127.0.0.1:${server.address().port}/`)))
  const text = await registry.metrics()
  for (const stop of stops) stop()
  await pool.close()
  server.close()
  return text
}

async function main() {
  const text = await scraped()
  for (const line of ['polypool_created_total{pool="observed"} 2', 'polypool_acquire_duration_seconds_count{pool="observed"} 5'])
    if (!text.includes(`${line}\n`)) console.error(`${line} is not among the metrics:\n${text}`)
  return measure({ 'node-http': { adapter: nodeHttpPool, send: senders.nodeHttp() } }, polypool)
}

// Awaited nowhere at the top: it becomes CommonJS, too.
main().then((told) => console.log(JSON.stringify(told)))
