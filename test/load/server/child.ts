// A server in a process of its own that holds every answer until it is told to go on; then it answers at once.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

let open = 0
let peak = 0
let requests = 0
let held: ServerResponse[] | null = []

const server = createServer((request, response) => {
  requests++
  request.resume()
  if (held === null) response.end('ok')
  else held.push(response)
})
server.on('connection', (socket) => {
  peak = Math.max(peak, ++open)
  socket.on('close', () => open--)
})
server.keepAliveTimeout = 0

process.on('message', (message: 'report' | 'release') => {
  if (message === 'release') {
    const responses = held ?? []
    held = null
    for (const response of responses) response.end('ok')
  }
  process.send?.({ open, peak, requests })
})

// The parent is gone: nobody is left to serve.
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.((server.address() as AddressInfo).port))
