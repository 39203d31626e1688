// A service on Express that stops without losing a request: `node examples/shutdown/express.mjs`, then SIGTERM. The order is what counts: the
// server takes no more connections, what callers have sent is answered, the pools that this needed close; a deadline ends what takes too long.
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { createPool } from 'polypool/undici'
import { request } from 'undici'

const upstream = process.env.UPSTREAM ?? 'http://127.0.0.1:8080'
/** Milliseconds; shorter than what the container is given between SIGTERM and SIGKILL. */
const deadline = Number(process.env.DEADLINE ?? 8000)

const pool = createPool({ maxConnections: Number(process.env.CONNECTIONS ?? 20) }, {}, { name: 'upstream' })

const app = express()

app.use(({ socket }, response, next) => {
  // Else the server would wait until the caller has left its connection unused for keepAliveTimeout.
  response.once('close', () => server.listening || socket.end())
  next()
})

app.get('/{*path}', async ({ url }, response) => {
  const { statusCode, body } = await request(upstream + url, pool.options)
  // So that a caller sends its next request on another connection, which another instance takes.
  if (!server.listening) response.set('connection', 'close')
  response.status(statusCode)
  await pipeline(body, response)
})

// Of an answer that has begun, `pipeline` has cut the connection. Express knows this function by its four parameters.
app.use((error, _request, response, _next) => {
  if (!response.headersSent) response.status(502).send(error.code)
})

async function stop() {
  const timer = setTimeout(async () => {
    await pool.destroy()
    server.closeAllConnections()
  }, deadline)
  await new Promise((resolve) => server.close(resolve))
  await pool.close()
  clearTimeout(timer)
}

process.once('SIGTERM', stop)
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(server.address().port))
