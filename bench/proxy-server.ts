import http from 'node:http'
import https from 'node:https'
import { probeCertificate, probeKey } from '../cli/src/conformance/probe/certificates.ts'

// A proxy and all the origins behind it, in a process of their own: whoever is asked for, the answer is a small JSON body. What a proxy itself would
// take for passing bytes on is left out, as it is the same for every client.
const body = Buffer.from('{"hello":"world"}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }

const answer: http.RequestListener = (_, response) => {
  response.writeHead(200, headers)
  response.end(body)
}
const origin = https.createServer({ key: probeKey, cert: probeCertificate }, answer)
// In absolute form, too. Agents that know no proxy of their own want to be told that the connection stays.
const proxy = http.createServer(answer)
for (const server of [origin, proxy]) server.keepAliveTimeout = 600_000
proxy.on('connect', (_, socket) => {
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  origin.emit('connection', socket)
})
proxy.listen(0, '127.0.0.1', () => {
  const address = proxy.address()
  if (typeof address === 'object' && address !== null) process.send?.(address.port)
})
process.on('disconnect', () => process.exit())
