import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { probeCertificate, probeKey } from '../certificates.ts'
import type { Accepted } from '../connections.ts'
import type { Alpn, Http2Options, Scheme } from '../types.ts'
import { nativeSettings, type Sessions } from './sessions.ts'
import { Wire } from './wire.ts'

/** An origin that speaks HTTP/2 and HTTP/1.1: what accepts connections, and the two servers behind it. */
export interface Front {
  readonly server: Server
  readonly http1: HttpServer
  readonly http2: Http2Server
}

/**
 * @param accepted the record of a connection that the server has accepted
 * @param secured called after the handshake
 */
export function createFront(
  scheme: Scheme,
  options: Http2Options,
  sessions: Sessions,
  accepted: (socket: Socket) => Accepted | undefined,
  secured: (socket: TLSSocket) => void,
): Front {
  const http1 = createHttpServer()
  const http2 = createHttp2Server({
    settings: nativeSettings(options),
    // In MB: answers that nobody reads lie here.
    maxSessionMemory: 1000,
  })
  let arriving: { readonly accepted: Accepted; readonly wire: Wire | null } | null = null
  http2.on('session', (session) => {
    if (arriving) sessions.add(session, arriving.accepted, arriving.wire)
  })
  const speak = (socket: Socket) => {
    const record = accepted(socket)
    if (!record) return void socket.destroy()
    const wire = options.tapped ? new Wire(socket) : null
    arriving = { accepted: record, wire }
    http2.emit('connection', wire ?? socket)
    arriving = null
  }
  // By prior knowledge there is nothing to choose.
  if (scheme === 'http') return { server: createTcpServer(speak), http1, http2 }
  let connections = 0
  const spoken = new WeakMap<TLSSocket, Alpn>()
  const { alpn = ['h2'] } = options
  const tls = { key: probeKey, cert: probeCertificate }
  const server = createTlsServer(alpn.length === 0 ? tls : { ...tls, ALPNCallback: alpnCallback })
  function alpnCallback(this: unknown, { protocols }: { protocols: string[] }): string | undefined {
    const chosen = alpn[Math.min(connections++, alpn.length - 1)] ?? 'h2'
    if (chosen === 'lies' && protocols.includes('h2')) spoken.set(this as TLSSocket, 'lies')
    const name = chosen === 'lies' ? 'h2' : chosen
    return protocols.includes(name) ? name : protocols.includes('http/1.1') ? 'http/1.1' : undefined
  }
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    secured(socket)
    socket.on('error', () => {})
    if (socket.alpnProtocol === 'h2' && spoken.get(socket) !== 'lies') speak(socket)
    else http1.emit('connection', socket)
  })
  return { server, http1, http2 }
}
