import type { Socket } from 'node:net'
import { PoolUnsupportedError } from '../../errors.ts'
import type { Connector } from './peer.ts'
import { speaksHttp2 } from './session.ts'

/** What Clients are made with that may speak HTTP/2. The core alone gives out streams, and pings are the pool's own. */
export const http2ClientOptions = { allowH2: true, maxConcurrentStreams: 0x7fffffff, pingInterval: 0 } as const

/** A connector by prior knowledge: undici goes by what it finds on the socket. */
export function cleartext(connect: Connector): Connector {
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (typeof socket === 'object' && socket !== null) Object.assign(socket, { alpnProtocol: 'h2' })
      callback(error, socket)
    })
}

/** A connector for an origin that must speak HTTP/2. */
export function demanding(connect: Connector, origin: string): Connector {
  return (options, callback) =>
    connect(options, (error, socket) => {
      const refused = !error && typeof socket === 'object' && socket !== null && !speaksHttp2(socket)
      callback(refused ? noHttp2(origin, socket) : error, socket)
    })
}

function noHttp2(origin: string, socket: Socket): PoolUnsupportedError {
  const { alpnProtocol } = socket as { alpnProtocol?: unknown }
  const said = typeof alpnProtocol === 'string' ? `its server chose ${alpnProtocol} by ALPN` : 'its server knows no ALPN'
  return new PoolUnsupportedError(
    `http2: 'only' for ${origin}: ${said}, so there is no HTTP/2. Set http2: true, for all hosts or under hosts, to take HTTP/1.1 where there is nothing else`,
    { origin },
  )
}
