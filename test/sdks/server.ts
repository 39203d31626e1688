import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { probeCertificate, probeKey } from '../../cli/src/conformance/probe/certificates.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

interface Seen {
  /** Connections, all together and the most at one time. */
  opened: number
  peak: number
  requests: number
  /** Requests that waited for their answer, at most. */
  held: number
}

/** A server by https on loopback that keeps its answers back until it is told. It opens every WebSocket that it is asked for. */
export interface HoldingServer extends AsyncDisposable {
  readonly url: string
  readonly seen: Readonly<Seen>
  /** Called with each request that comes. */
  onRequest: () => void
  /** Answers what waits, and from then on at once. */
  release(): void
}

export async function holdingServer(answer: Answer): Promise<HoldingServer> {
  const seen: Seen = { opened: 0, peak: 0, held: 0, requests: 0 }
  let open = 0
  let released = false
  const held: (() => void)[] = []
  const take = (send: () => void) => {
    seen.requests++
    if (released) send()
    else seen.held = held.push(send)
    holding.onRequest()
  }
  const server = https.createServer({ key: probeKey, cert: probeCertificate }, (request, response) =>
    take(() => answer(request, response)),
  )
  // Longer than any run: it is the pool that closes.
  server.keepAliveTimeout = 600_000
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket) => {
    upgraded.add(socket)
    socket.on('error', () => {})
    take(() => openWebSocket(request, socket))
  })
  server.on('connection', (socket) => {
    seen.opened++
    seen.peak = Math.max(seen.peak, ++open)
    socket.on('close', () => open--)
  })
  // On every address of loopback.
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const holding: HoldingServer = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    onRequest: () => {},
    release() {
      released = true
      for (const send of held.splice(0)) send()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of upgraded) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return holding
}

/** RFC 6455, 4.2.2: what opens it. It says nothing afterwards. */
function openWebSocket({ headers }: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
}
