import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type tls from 'node:tls'
import { onTestFinished } from 'vitest'
import * as agentkeepalive from '../../adapters/agentkeepalive.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import type { Pool } from '../../src/adapter.ts'
import { undiciSupport } from '../../src/clients/undici/support.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import type { Agents } from '../../src/engines/node-agent/open-agents.ts'
import { openPool } from '../../src/engines/open-pool.ts'
import { openDispatcher } from '../../src/engines/undici-dispatcher/open-dispatcher.ts'
import { peerOf, type Undici } from '../../src/engines/undici-dispatcher/peer-of.ts'
import { authority, server as genuine, otherAuthority } from './certificates.ts'

/** What makes a TLS connection another one, and where it comes from. */
export type Identity = tls.ConnectionOptions & { family?: number; localAddress?: string }

export interface Ask {
  readonly path?: string
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly servername?: string
  /** Identity of this request alone, where the client can. */
  readonly identity?: Identity
}

interface Answer {
  readonly status: number
  readonly body: string
}

interface Client {
  readonly pool: Pool<unknown>
  ask(origin: string, ask?: Ask): Promise<Answer>
  /** Gives the bare socket of an upgrade or a CONNECT. */
  leave(origin: string, how: 'upgrade' | 'connect'): Promise<Duplex>
}

/** One way onto the wire: every promise is made for each. */
export interface Wire {
  readonly name: string
  /** Whether one request can bring a TLS identity of its own. */
  readonly perRequest: boolean
  /** @param config the limits, or a pool whose budget is shared */
  open(config: PoolConfig | Pool<unknown>, identity?: Identity): Client
}

export const wires: readonly Wire[] = [
  nodeWire('node-http', nodeHttp.createPool),
  nodeWire('agentkeepalive', agentkeepalive.createPool as unknown as typeof nodeHttp.createPool),
  undiciWire('undici'),
  undiciWire('undici7'),
]

function nodeWire(name: string, createPool: typeof nodeHttp.createPool): Wire {
  return {
    name,
    perRequest: true,
    open(config, identity) {
      const pool = createPool(config, { ca: authority, ...identity }) as Pool<Agents>
      onTestFinished(() => pool.destroy())
      const start = (origin: string, { path = '/', method = 'GET', headers = {}, servername, identity }: Ask) => {
        const { protocol, hostname, port } = new URL(origin)
        const [client, agent] =
          protocol === 'https:' ? [https, pool.options.https as http.Agent] : [http, pool.options.http as http.Agent]
        const name = servername === undefined ? {} : { servername }
        return client.request({
          host: hostname,
          port,
          agent,
          path,
          method,
          headers,
          ...name,
          ...identity,
        } as https.RequestOptions)
      }
      return {
        pool,
        async ask(origin, ask = {}) {
          return answered(start(origin, ask).end())
        },
        async leave(origin, how) {
          const headers = how === 'upgrade' ? { connection: 'upgrade', upgrade: 'probe' } : {}
          const request = start(origin, { headers, ...(how === 'connect' ? { method: 'CONNECT', path: 'far.test:443' } : {}) })
          const [, socket] = (await once(request.end(), how)) as [IncomingMessage, Duplex]
          return socket
        },
      }
    },
  }
}

interface UndiciDispatcher {
  request(options: object): Promise<{ statusCode: number; body: { text(): Promise<string> } }>
}

interface UndiciApi {
  upgrade(url: string, options: object): Promise<{ socket: Duplex }>
  connect(url: string, options: object): Promise<{ socket: Duplex }>
}

function undiciWire(name: string): Wire {
  const require = createRequire(import.meta.url)
  const api = require(name) as UndiciApi & Undici
  const peer = peerOf(api)
  return {
    name: `undici ${peer.major}`,
    perRequest: false,
    open(config, identity) {
      const connect = { ca: authority, ...identity }
      const pool = openPool(undiciSupport('undici'), config, {}, (core) => openDispatcher(core, peer, { connect } as object))
      onTestFinished(() => pool.destroy())
      const { dispatcher } = pool.options
      return {
        pool,
        async ask(origin, { path = '/', method = 'GET', headers = {}, servername } = {}) {
          // Not by undici's own request, whose URL would mend what is wrong with a path.
          const { statusCode, body } = await (dispatcher as unknown as UndiciDispatcher).request({
            origin,
            path,
            method,
            headers,
            servername,
          })
          return { status: statusCode, body: await body.text() }
        },
        async leave(origin, how) {
          const options = how === 'upgrade' ? { protocol: 'probe', dispatcher } : { dispatcher, path: 'far.test:443' }
          return (await api[how](origin, options)).socket
        },
      }
    },
  }
}

/** The whole answer; by then the connection is free again. */
function answered(request: http.ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let responded = false
    request.on('error', reject)
    request.on('close', () => responded || reject(new Error('closed without an answer')))
    request.on('response', (response) => {
      responded = true
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('error', reject)
      const settle = () => resolve({ status: response.statusCode ?? 0, body })
      response.on('end', () => (request.closed ? settle() : request.on('close', settle)))
    })
  })
}

/** One request as the server saw it. */
interface Seen {
  /** Number of its connection, from 1. */
  readonly connection: number
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  /** What TLS told: the name that was asked for, the client's certificate, and whether a session was resumed. */
  readonly servername: string | false | null | undefined
  readonly client: string | undefined
  readonly resumed: boolean
}

export interface Origin {
  readonly origin: string
  readonly port: number
  readonly seen: readonly Seen[]
  readonly connections: readonly Socket[]
}

/** A server that tells who asked it. `secure` is the certificate that it shows; without it, the server speaks plain HTTP. */
export async function serve(
  secure?: { readonly cert: string; readonly key: string },
  more: https.ServerOptions = {},
): Promise<Origin> {
  const seen: Seen[] = []
  const connections: Socket[] = []
  const note = (request: IncomingMessage) => {
    const socket = request.socket as tls.TLSSocket
    const connection = connections.indexOf(socket) + 1
    const { servername } = socket
    const client = secure && socket.getPeerCertificate().subject?.CN
    seen.push({
      connection,
      url: request.url ?? '',
      headers: request.headers,
      servername,
      client: client === undefined ? undefined : String(client),
      resumed: secure !== undefined && socket.isSessionReused(),
    })
    return connection
  }
  const listener: http.RequestListener = (request, response) => response.end(String(note(request)))
  const server =
    secure === undefined
      ? http.createServer(listener)
      : https.createServer(
          { ...secure, ca: [authority, otherAuthority], requestCert: true, rejectUnauthorized: false, ...more },
          listener,
        )
  server.keepAliveTimeout = 60_000
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    note(request)
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: probe\r\n\r\n')
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    note(request)
    socket.on('error', () => {})
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
  })
  const port = await listen(server, connections, secure === undefined ? 'connection' : 'secureConnection')
  return { origin: `${secure === undefined ? 'http' : 'https'}://localhost:${port}`, port, seen, connections }
}

/** The usual server. */
export function serveGenuine(): Promise<Origin> {
  return serve(genuine)
}

/** A server that speaks for itself. */
export async function serveRaw(onSocket: (socket: Socket, index: number) => void): Promise<Origin> {
  const connections: Socket[] = []
  let count = 0
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    onSocket(socket, ++count)
  })
  const port = await listen(server, connections, 'connection')
  return { origin: `http://localhost:${port}`, port, seen: [], connections }
}

async function listen(server: net.Server, connections: Socket[], event: string): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
  })
  server.on('tlsClientError', () => {})
  server.on(event, (socket: Socket) => connections.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

export function failureOf(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`)
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  )
}
