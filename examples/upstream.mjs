// A server for the examples to send to. It counts connections, and answers each request after a moment.
import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @param {object} [options]
 * @param {string} [options.host] by which name it is reached
 * @param {number} [options.holds] it answers nobody before it has so many connections: on a machine that is busy they might never be at once
 */
export async function upstream({ host = '127.0.0.1', holds = 0 } = {}) {
  const seen = { opened: 0, peak: 0, requests: 0 }
  let admit = () => {}
  const enough = new Promise((resolve) => {
    admit = resolve
  })
  if (holds === 0) admit()
  let open = 0
  const server = http.createServer(async (request, response) => {
    seen.requests++
    await enough
    await sleep(30)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ path: request.url }))
  })
  // Longer than any example runs: it is the pool that closes.
  server.keepAliveTimeout = 600_000
  server.on('connection', (socket) => {
    seen.opened++
    // In the next phase of the event loop: by then it has heard of those that ended before this one came.
    setImmediate(() => {
      seen.peak = Math.max(seen.peak, ++open)
      if (open === holds) admit()
    })
    let ended = false
    const end = () => {
      if (!ended) open--
      ended = true
    }
    socket.once('end', end).once('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://${host}:${server.address().port}`, seen, close: () => server.close() }
}

/** So many at once. */
export const atOnce = (count, send) => Promise.all(Array.from({ length: count }, (_, index) => send(index)))
