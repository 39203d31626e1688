import http2 from 'node:http2'
import { probeCertificate, probeKey } from '../cli/src/conformance/probe/certificates.ts'

// The other end of the benchmark of protocols, in a process of its own: a small JSON body over HTTP/2 or HTTP/1.1, after as many milliseconds as
// the path says.
const body = Buffer.from('{"hello":"world"}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }

const server = http2.createSecureServer({ key: probeKey, cert: probeCertificate, allowHTTP1: true }, (request, response) => {
  const answer = () => {
    response.writeHead(200, headers)
    response.end(body)
  }
  const delay = Number(request.url.slice(1))
  if (delay === 0) answer()
  else setTimeout(answer, delay)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.send?.(address.port)
})
process.on('disconnect', () => process.exit())
