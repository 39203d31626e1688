import http from 'node:http'

// The other end of a benchmark, in a process of its own: a small JSON body for every request, at once.
const body = Buffer.from('{"hello":"world"}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }

const server = http.createServer((_request, response) => {
  response.writeHead(200, headers)
  response.end(body)
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.send?.(address.port)
})
process.on('disconnect', () => process.exit())
