import type { ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { CarriedRequest, Connection } from '../../pool/port.ts'
import type { DispatchOptions } from './peer.ts'
import type { Streams } from './streams.ts'

/** A request that is sent over HTTP/2. */
export interface SentRequest {
  readonly options: DispatchOptions
  readonly sentAt: number
  /** Parts of its answer that undici has read. */
  readonly parts: number
  /** Nothing more will be told to its caller. */
  readonly over: boolean
  /** By which its body is sent. */
  upload: ClientHttp2Stream | null
}

/** What undici does not read, as its caller wants no more for now, lies in the socket. */
export function carriedBy(connection: Connection, socket: Socket, request: DispatchOptions): CarriedRequest {
  const { bytesRead = 0, readableLength = 0 } = socket
  const unread = readableLength > 0
  return { key: connection, ...told(request), since: connection.busySince, unread, consumed: bytesRead - readableLength }
}

/** What it does not read over HTTP/2 lies in the stream. An upload that goes on after its answer, and an upgrade, have no answer to be read. */
export function carriedByStreams(streams: Streams<SentRequest | null>): CarriedRequest[] {
  const carried: CarriedRequest[] = []
  for (const [{ readableLength }, request] of streams) {
    if (request === null || request.over) continue
    const { options, sentAt: since, parts: consumed } = request
    carried.push({ key: request, ...told(options), since, unread: readableLength > 0, consumed })
  }
  return carried
}

function told(request: DispatchOptions): Pick<CarriedRequest, 'request' | 'method' | 'path'> {
  return { request, method: request.method ?? 'GET', path: request.path ?? '/' }
}

export function hasBody({ body }: DispatchOptions): boolean {
  return body !== undefined && body !== null
}
