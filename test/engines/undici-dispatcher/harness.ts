import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Pool } from '../../../src/adapter.ts'
import { undiciSupport } from '../../../src/clients/undici/support.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { openPool } from '../../../src/engines/open-pool.ts'
import type { PoolDispatcher } from '../../../src/engines/undici-dispatcher/dispatcher.ts'
import type { NativeClientOptions } from '../../../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../../../src/engines/undici-dispatcher/open-dispatcher.ts'
import type { Handler, LegacyHandler, Peer } from '../../../src/engines/undici-dispatcher/peer.ts'
import { peerOf, type Undici } from '../../../src/engines/undici-dispatcher/peer-of.ts'
import { hangs, stopwatch, wallClock } from '../../time.ts'

export { stopwatch, wallClock }

interface Response {
  statusCode: number
  headers: { [name: string]: string | string[] }
  trailers: { [name: string]: string }
  body: Readable & { text(): Promise<string>; dump(): Promise<void> }
}

/** The functions of undici that the tests call. */
interface UndiciApi {
  request(url: string | URL, options: object): Promise<Response>
  stream(url: string, options: object, factory: () => NodeJS.WritableStream): Promise<unknown>
  pipeline(url: string, options: object, handler: (data: { body: Readable }) => Readable): Duplex
  upgrade(url: string, options: object): Promise<{ socket: Duplex }>
  connect(url: string, options: object): Promise<{ statusCode: number; socket: Duplex }>
  fetch(url: string, options: object): Promise<globalThis.Response>
  interceptors: { readonly [name in 'redirect' | 'retry']: (options: object) => Interceptor }
  Dispatcher: new () => object
  Agent: new (options: object) => Native
  Pool: new (origin: string, options: object) => Native
  Client: new (origin: string, options: object) => Native
  RetryAgent: new (dispatcher: object, options: object) => Native
  MockAgent: new (options: object) => MockAgent
}

export interface Native {
  close(): Promise<void>
  destroy(): Promise<void>
  dispatch(options: object, handler: object): boolean
  compose(interceptor: Interceptor): Native
  readonly stats: { readonly [origin: string]: object }
}

/** Of undici. */
export type Interceptor = (dispatch: never) => never

interface MockAgent extends Native {
  get(origin: string): {
    intercept(options: object): { reply(status: number, body: string): { times(count: number): void; persist(): void } }
  }
  disableNetConnect(): void
  deactivate(): void
}

export interface Version {
  readonly name: string
  readonly peer: Peer
  readonly api: UndiciApi
}

const require = createRequire(import.meta.url)

/** Both majors. */
export const versions: readonly Version[] = ['undici', 'undici7'].map((name) => {
  const api = require(name) as UndiciApi & Undici
  const peer = peerOf(api)
  return { name: `undici ${peer.major}`, peer, api }
})

export type TestPool = Pool<{ readonly dispatcher: PoolDispatcher }> & { readonly dispatcher: PoolDispatcher }

/** A pool on that undici; destroyed after the test. */
export function open({ peer }: Version, config: PoolConfig = {}, native?: NativeClientOptions): TestPool {
  const pool = openPool(undiciSupport('undici'), config, {}, (core) => openDispatcher(core, peer, native))
  onTestFinished(() => pool.destroy())
  return Object.assign(pool, { dispatcher: pool.options.dispatcher })
}

export interface TestServer {
  readonly origin: string
  readonly port: number
  /** Every connection there was, in order. */
  readonly sockets: readonly Socket[]
  /** `GET /path` for every request, in order. */
  readonly seen: readonly string[]
  /** Client ports by request, in order. */
  readonly ports: readonly number[]
}

export async function serve(answer: RequestListener, tls?: https.ServerOptions): Promise<TestServer> {
  const seen: string[] = []
  const ports: number[] = []
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    ports.push(request.socket.remotePort ?? 0)
    answer(request, response)
  }
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener)
  server.keepAliveTimeout = 60_000
  const sockets = await listen(server, tls === undefined ? 'connection' : 'secureConnection')
  const { port } = server.address() as AddressInfo
  return { origin: `${tls === undefined ? 'http' : 'https'}://localhost:${port}`, port, sockets, seen, ports }
}

/** A server that speaks for itself. */
export async function serveRaw(onConnection: (socket: Socket, index: number) => void): Promise<TestServer> {
  let count = 0
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    onConnection(socket, count++)
  })
  const sockets = await listen(server, 'connection')
  const { port } = server.address() as AddressInfo
  return { origin: `http://localhost:${port}`, port, sockets, seen: [], ports: [] }
}

async function listen(server: net.Server, event: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  server.on(event, (socket: Socket) => sockets.push(socket))
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return sockets
}

/** What a handler was told, in order, and a promise for its end. */
export interface Told {
  readonly events: string[]
  readonly handler: Handler | LegacyHandler
  readonly done: Promise<{ status: number; body: string; error?: Error }>
  abort(reason: Error): void
}

export type Generation = 'legacy' | 'modern'

/** A handler by hand, of either generation. */
export function listenBy(generation: Generation): Told {
  const events: string[] = []
  let settle: (end: { status: number; body: string; error?: Error }) => void = () => {}
  const done = new Promise<{ status: number; body: string; error?: Error }>((resolve) => {
    settle = resolve
  })
  let abort: (reason: Error) => void = () => {
    throw new Error('the handler was not given a way to abort')
  }
  let status = 0
  let body = ''
  const started = (by: (reason: Error) => void) => {
    events.push('start')
    abort = by
  }
  const failed = (error: Error) => {
    events.push('error')
    settle({ status, body, error })
  }
  const ended = () => {
    events.push('end')
    settle({ status, body })
  }
  const headers = (code: number) => {
    events.push(`headers ${code}`)
    status = code
  }
  const data = (chunk: Buffer) => {
    body += chunk.toString()
  }
  const legacy: LegacyHandler = {
    onConnect: started,
    onHeaders(code) {
      headers(code)
      return true
    },
    onData(chunk) {
      data(chunk)
      return true
    },
    onComplete: ended,
    onError: failed,
  }
  const modern: Handler = {
    onRequestStart: (controller) => started((reason) => controller.abort(reason)),
    onResponseStart: (_controller, code) => headers(code),
    onResponseData: (_controller, chunk) => data(chunk),
    onResponseEnd: ended,
    onResponseError: (_controller, error) => failed(error),
  }
  return { events, handler: generation === 'legacy' ? legacy : modern, done, abort: (reason) => abort(reason) }
}

export const generations: readonly Generation[] = ['legacy', 'modern']

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `check` gives true, in time of an event loop that is not late. */
export async function until(check: () => boolean, within = hangs): Promise<void> {
  const spent = stopwatch()
  while (!check()) {
    if (spent() > within) throw new Error(`not within ${within} ms: ${check}`)
    await sleep(2)
  }
}

/** Requests that the server answers only when told to. */
export class Gate {
  readonly #held: (() => void)[] = []

  readonly listener: RequestListener = (request, response) => {
    request.resume()
    if (request.url === '/held') this.#held.push(() => response.end('held'))
    else response.end(request.url)
  }

  get waiting(): number {
    return this.#held.length
  }

  open(): void {
    for (const answer of this.#held.splice(0)) answer()
  }
}

/** Requests of one version of undici, read to the end. */
export function getterOf({ api }: Version): (pool: TestPool, url: string, options?: object) => Promise<string> {
  return async (pool, url, options = {}) => {
    const { body } = await api.request(url, { dispatcher: pool.dispatcher, ...options })
    return body.text()
  }
}
