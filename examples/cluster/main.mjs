// A cluster whose workers keep one limit together, each by its share.
import cluster from 'node:cluster'
import { once } from 'node:events'
import http from 'node:http'
import { loadPools } from 'polypool'
import * as fetchPool from 'polypool/fetch'
import { atOnce, upstream } from '../upstream.mjs'

const workers = 4

if (cluster.isPrimary) {
  const backend = await upstream()
  const started = Array.from({ length: workers }, () => cluster.fork({ BACKEND: backend.url }))
  const addresses = await Promise.all(started.map((worker) => once(worker, 'listening').then(([address]) => address)))

  // All listen on one port; each connection goes to the next worker.
  const { port } = addresses[0]
  const ask = () =>
    new Promise((resolve, reject) => {
      http.get({ port, agent: false }, (response) => response.resume().once('end', resolve)).once('error', reject)
    })
  await atOnce(80, ask)
  console.log(`80 callers, ${workers} workers`)
  console.log(`the backend saw at most ${backend.seen.peak} connections at one time`)

  for (const worker of started) worker.send('stop')
  await Promise.all(started.map((worker) => once(worker, 'exit')))
  backend.close()
} else {
  const pools = await loadPools({ file: new URL('polypool.config.yaml', import.meta.url) })
  const pool = pools.open(fetchPool)
  // Its share, whatever comes: on a busy machine one worker may get nearly all callers.
  await pool.preconnect(process.env.BACKEND, 2)
  const service = http.createServer(async (_request, response) => {
    const answer = await pool.fetch(process.env.BACKEND)
    response.end(JSON.stringify(await answer.json()))
  })
  service.listen(0, '127.0.0.1')
  process.once('message', async () => {
    service.close()
    await pools.close()
    process.disconnect()
  })
}
