// The same load over HTTP/1.1 and over HTTP/2: fewer connections, and another meaning of the caps.
import { once } from 'node:events'
import http2 from 'node:http2'
import { createPool } from 'polypool/fetch'
import { atOnce, upstream } from '../upstream.mjs'

const old = await upstream()

// Answers once it has as many requests as it can get at one time.
let answer = () => {}
const full = new Promise((resolve) => {
  answer = resolve
})
const seen = { connections: 0, streams: 0, peak: 0 }
const server = http2.createServer(async (_request, response) => {
  seen.peak = Math.max(seen.peak, ++seen.streams)
  if (seen.streams === 40) answer()
  await full
  response.end('{}')
  seen.streams--
})
server.on('session', () => seen.connections++)
server.listen(0, '127.0.0.1')
await once(server, 'listening')

const config = { maxConnectionsPerHost: 4, maxStreamsPerConnection: 10 }

const one = createPool(config)
await atOnce(80, async () => (await one.fetch(old.url)).json())
console.log(`HTTP/1.1: 80 requests on ${old.seen.opened} connections, at most 4 at a time`)
await one.close()
old.close()

// To a server by https `http2: true` asks for it; here, without TLS, it has to be known.
const two = createPool({ ...config, http2: 'only' })
await atOnce(80, async () => (await two.fetch(`http://127.0.0.1:${server.address().port}`)).json())
console.log(`HTTP/2: 80 requests on ${seen.connections} connections, at most ${seen.peak} at a time`)
await two.close()
server.close()
