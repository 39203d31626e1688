import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { parseBehaviour } from './behaviour.ts'
import { probeCertificate, probeKey } from './certificates.ts'
import { probeNow } from './clock.ts'
import type { Accepted, ServedConnections } from './connections.ts'
import { resetNow } from './connections.ts'
import type { Gates } from './gates.ts'
import { createFront } from './http2/front.ts'
import { Sessions } from './http2/sessions.ts'
import { respond } from './respond.ts'
import type { OriginOptions, ProbeOrigin, RequestRecord, Scheme, SessionCommand } from './types.ts'

/** One listening port of a probe. */
export class OriginServer {
  /** Query string of defaults for every request. */
  behaviour = ''
  readonly id: number
  readonly scheme: Scheme
  readonly #options: OriginOptions
  readonly #connections: ServedConnections
  readonly #gates: Gates
  readonly #sessions: Sessions
  #server: Server | null = null

  constructor(id: number, options: OriginOptions, connections: ServedConnections, gates: Gates) {
    this.id = id
    this.scheme = options.scheme ?? 'http'
    this.#options = options
    this.#connections = connections
    this.#gates = gates
    this.#sessions = new Sessions(typeof options.http2 === 'object' ? options.http2 : {})
  }

  async listen(): Promise<ProbeOrigin> {
    const mode = this.#options.mode ?? 'answer'
    const server = mode === 'answer' ? this.#answering() : createTcpServer({ allowHalfOpen: true })
    // First of all: what the server itself does with a connection asks for its record.
    server.prependListener('connection', (socket: Socket) => {
      const accepted = this.#connections.accept(this.id, socket)
      if (mode === 'reset') void resetNow(accepted)
      // A stalled origin reads, to see the client leave, and says nothing.
      if (mode === 'stall') socket.resume().on('end', () => socket.end())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    if (mode === 'refuse') await new Promise((closed) => server.close(closed))
    else this.#server = server
    return { id: this.id, scheme: this.scheme, port }
  }

  /** Does this to every HTTP/2 session, and gives how many there were. */
  sessions(command: SessionCommand): Promise<number> {
    return this.#sessions.command(command)
  }

  async stop(): Promise<void> {
    this.#sessions.stop()
    const server = this.#server
    if (!server) return
    this.#server = null
    const closed = new Promise((resolve) => server.close(resolve))
    for (const { raw, record } of this.#connections.all) if (record.origin === this.id) raw.destroy()
    await closed
  }

  #answering(): Server {
    const { http2 } = this.#options
    if (!http2) {
      const tls = { key: probeKey, cert: probeCertificate }
      const server = this.scheme === 'http' ? createHttpServer() : createHttpsServer(tls)
      server.on('secureConnection', (socket: TLSSocket) => this.#connections.secured(this.id, socket))
      return this.#speaking(server)
    }
    const { server, ...behind } = createFront(
      this.scheme,
      http2 === true ? {} : http2,
      this.#sessions,
      (socket) => this.#connections.of(socket),
      (socket) => this.#connections.secured(this.id, socket),
    )
    this.#speaking(behind.http1)
    behind.http2.on('request', (request, response) => this.#answerStream(request, response))
    return server
  }

  #speaking(server: HttpServer): HttpServer {
    server.keepAliveTimeout = this.#options.keepAliveTimeout ?? 0
    server.on('request', (request, response) => this.#answer(request, response))
    server.on('checkContinue', (request, response) => this.#answer(request, response))
    server.on('checkExpectation', (request, response) => this.#answer(request, response))
    server.on('upgrade', (request, socket) =>
      this.#tunnel(request, socket, 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'),
    )
    server.on('connect', (request, socket) => this.#tunnel(request, socket, 'HTTP/1.1 200 Connection established\r\n\r\n'))
    server.on('clientError', (_error, socket) => socket.destroy())
    return server
  }

  #record(request: IncomingMessage, accepted = this.#connections.of(request.socket), stream: ServerHttp2Stream | null = null) {
    const headers: { [name: string]: string } = {}
    for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
    const record: RequestRecord = {
      method: request.method ?? '',
      httpVersion: request.httpVersion,
      url: request.url ?? '',
      at: probeNow(),
      headers,
      bodyBytes: 0,
      answeredAt: null,
      endedAt: null,
      stream: stream?.id ?? null,
      began: false,
      streamCode: null,
      disowned: stream !== null && this.#sessions.disowns(stream),
    }
    accepted?.record.requests.push(record)
    return { accepted, record }
  }

  /** node:http2 gives requests and answers the face of node:http's; what differs is asked of the stream. */
  #answerStream(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const { stream } = request
    const accepted = this.#sessions.of(stream)
    if (!accepted) return void stream.destroy()
    this.#answer(request as unknown as IncomingMessage, response as unknown as ServerResponse, accepted, stream)
    this.#sessions.seen(accepted)
  }

  #answer(request: IncomingMessage, response: ServerResponse, known?: Accepted, stream: ServerHttp2Stream | null = null): void {
    const { accepted, record } = this.#record(request, known, stream)
    // Both happen when the client resets: the connection's record says so.
    request.on('error', () => {})
    response.on('error', () => {})
    if (!accepted) return void request.destroy()
    accepted.busy++
    response.on('close', () => {
      accepted.busy--
      record.endedAt = probeNow()
      record.streamCode = stream?.rstCode ?? null
    })
    this.#behave(accepted, request, response, record, stream).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  }

  async #behave(
    accepted: Accepted,
    request: IncomingMessage,
    response: ServerResponse,
    record: RequestRecord,
    stream: ServerHttp2Stream | null,
  ): Promise<void> {
    const behaviour = parseBehaviour(record.url, this.behaviour)
    if (request.headers.expect !== undefined) {
      if (behaviour.expect === 'refuse') return void response.writeHead(417, { 'content-length': 0 }).end()
      if (behaviour.expect === 'continue') response.writeContinue()
    }
    await respond({ request, response, stream, accepted, record, behaviour, gates: this.#gates })
  }

  /** After an upgrade or CONNECT: says what it hears. */
  #tunnel(request: IncomingMessage, socket: Duplex, head: string): void {
    const { accepted, record } = this.#record(request)
    if (accepted) accepted.busy++
    socket.on('error', () => {})
    socket.write(head)
    record.answeredAt = probeNow()
    socket.pipe(socket)
  }
}
