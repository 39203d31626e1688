import Fastify from 'fastify'
import { Client } from 'undici'

const app = Fastify()
app.get('/proxy', async (request, reply) => {
  const client = new Client('http://upstream.test') //! client-per-request
  const { body } = await client.request({ method: 'GET', path: '/' })
  const text = await body.text()
  await client.close()
  return reply.send(text)
})
