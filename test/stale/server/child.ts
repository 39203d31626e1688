// A server in a process of its own that closes idle connections at times drawn from a range, as servers under load and balancers do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { LagMeter } from '../../../cli/src/conformance/lag.ts'
import { Random } from '../../random.ts'
import type { ClosingOptions, ClosingReport } from './options.ts'

const { seed, closesAfter, hint } = JSON.parse(process.argv[2] ?? '') as ClosingOptions
const random = new Random(seed)
const seen = new Map<string, number>()
const idle = new WeakMap<Socket, NodeJS.Timeout>()
let requests = 0
let closed = 0
const lag = new LagMeter()

const server = createServer((request, response) => {
  clearTimeout(idle.get(request.socket))
  requests++
  const id = request.url ?? ''
  seen.set(id, (seen.get(id) ?? 0) + 1)
  request.resume()
  request.on('end', () => answer(request, response))
})

function answer({ socket }: IncomingMessage, response: ServerResponse): void {
  response.on('finish', () => {
    idle.set(
      socket,
      setTimeout(() => close(socket), random.between(...closesAfter)),
    )
  })
  if (hint !== undefined) response.setHeader('keep-alive', hint)
  response.end('ok')
}

/** As node's own `keepAliveTimeout` does it: whatever comes now is answered with RST. */
function close(socket: Socket): void {
  if (socket.destroyed) return
  closed++
  if (random.chance(0.25)) socket.resetAndDestroy()
  else socket.destroy()
}

server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', 2048, () => process.send?.((server.address() as AddressInfo).port))

process.on('message', () => {
  const repeated = [...seen].filter(([, times]) => times > 1).map(([id]) => id)
  process.send?.({ requests, repeated, closed, lag: lag.longest } satisfies ClosingReport)
})

// The parent is gone: nobody is left to serve.
process.on('disconnect', () => process.exit())
