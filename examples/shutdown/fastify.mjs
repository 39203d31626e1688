// A service on Fastify that stops without losing a request: `node examples/shutdown/fastify.mjs`, then SIGTERM. The order is what counts: the
// server takes no more connections, what callers have sent is answered, the pools that this needed close; a deadline ends what takes too long.
import Fastify from 'fastify'
import { createPool } from 'polypool/undici'
import { request } from 'undici'

const upstream = process.env.UPSTREAM ?? 'http://127.0.0.1:8080'
/** Milliseconds; shorter than what the container is given between SIGTERM and SIGKILL. */
const deadline = Number(process.env.DEADLINE ?? 8000)

const pool = createPool({ maxConnections: Number(process.env.CONNECTIONS ?? 20) }, {}, { name: 'upstream' })

const app = Fastify()

app.get('/*', async ({ url }, reply) => {
  const { statusCode, body } = await request(upstream + url, pool.options)
  return reply.code(statusCode).send(body)
})

app.setErrorHandler((error, _request, reply) => reply.code(502).send(error.code))

// So that a caller sends its next request on another connection, which another instance takes.
app.addHook('onSend', async (_request, reply) => {
  if (!app.server.listening) reply.header('connection', 'close')
})

// Else the server would wait until the caller has left its connection unused for keepAliveTimeout: 72 s.
app.addHook('onResponse', async ({ socket }) => {
  if (!app.server.listening) socket.end()
})

// Runs once the server has answered what it had.
app.addHook('onClose', () => pool.close())

async function stop() {
  const timer = setTimeout(async () => {
    await pool.destroy()
    app.server.closeAllConnections()
  }, deadline)
  await app.close()
  clearTimeout(timer)
}

process.once('SIGTERM', stop)
await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' })
console.log(app.server.address().port)
