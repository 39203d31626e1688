import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type tls from 'node:tls'
import { afterEach, expect } from 'vitest'
import * as agentkeepalive from '../../../adapters/agentkeepalive.ts'
import * as nodeHttp from '../../../adapters/node-http.ts'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { SocketCounter } from '../../../cli/src/conformance/sockets.ts'
import type { Pool } from '../../../src/adapter.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import type { Agents, NativeAgentOptions } from '../../../src/engines/node-agent/open-agents.ts'
import { deadlineWatch, hangs, stopwatch, wallClock } from '../../time.ts'

export { deadlineWatch, probeCertificate, probeKey, sleep, stopwatch, wallClock }

export type Scheme = 'http' | 'https'
export type Handler = http.RequestListener

/** The four agent classes that the engine subclasses. */
export const variants = (['node-http', 'agentkeepalive'] as const).flatMap((client) =>
  (['http', 'https'] as const).map((scheme) => ({ name: `${client} ${scheme}`, client, scheme })),
)

/** Answers at once but for `/hold`, which is answered once it is let go: however busy the machine is, not before. */
export class HoldingHandler {
  readonly seen: string[] = []
  readonly #held: http.ServerResponse[] = []
  #holds = true

  readonly handler: Handler = (request, response) => {
    this.seen.push(request.url ?? '')
    if (request.url === '/hold' && this.#holds) this.#held.push(response)
    else response.end('ok')
  }

  /** Those that are held, and those to come. */
  release(): void {
    this.#holds = false
    for (const response of this.#held.splice(0)) response.end('ok')
  }
}

export interface Opened {
  readonly pool: Pool<Agents>
  readonly agent: http.Agent
  readonly scheme: Scheme
}

type Variant = (typeof variants)[number]

const cleanups: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export function cleanup(end: () => Promise<unknown> | unknown): void {
  cleanups.push(end)
}

/** A pool of the variant's client, whose certificates are those of `listen`; it is destroyed after the test. */
export function open(
  variant: Omit<Variant, 'name'> = { client: 'node-http', scheme: 'http' },
  config: PoolConfig = {},
  native: NativeAgentOptions = {},
): Opened {
  const { createPool } = variant.client === 'node-http' ? nodeHttp : agentkeepalive
  const pool = createPool(config, { ca: probeCertificate, ...native }) as Pool<Agents>
  cleanup(() => pool.destroy())
  return { pool, agent: pool.options[variant.scheme], scheme: variant.scheme }
}

export interface Listening {
  readonly server: http.Server
  readonly port: number
  readonly sockets: Set<Socket>
  /** Connections accepted so far. */
  readonly accepted: () => number
}

/** A server on loopback that ends after the test, with every connection. */
export async function listen(
  scheme: Scheme,
  handler: Handler = (_, response) => response.end('ok'),
  path?: string,
): Promise<Listening> {
  const server =
    scheme === 'http' ? http.createServer(handler) : https.createServer({ key: probeKey, cert: probeCertificate }, handler)
  server.keepAliveTimeout = 60_000
  return { ...(await bind(server, path)), server }
}

/** The same for a server that speaks what it likes. */
export async function listenRaw(onSocket: (socket: Socket) => void): Promise<Omit<Listening, 'server'>> {
  return bind(net.createServer(onSocket))
}

async function bind(server: net.Server, path?: string): Promise<Omit<Listening, 'server'>> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  )
  cleanup(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: path === undefined ? (server.address() as AddressInfo).port : 0, sockets, accepted: () => accepted }
}

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
  readonly reused: boolean
  readonly localPort: number | undefined
}

export type SendOptions = https.RequestOptions &
  Pick<tls.ConnectionOptions, 'secureContext' | 'ALPNProtocols'> & { body?: string | undefined }

/** Starts a request and says how it ended. */
export function send(
  { agent, scheme }: Pick<Opened, 'agent' | 'scheme'>,
  options: SendOptions,
): { request: http.ClientRequest; answer: Promise<Answer> } {
  const { body, ...rest } = options
  const request = (scheme === 'http' ? http : https).request({ host: '127.0.0.1', agent, ...rest })
  const answer = answerOf(request)
  answer.catch(() => {})
  request.end(body)
  return { request, answer }
}

export function answerOf(request: http.ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let response: http.IncomingMessage | undefined
    request.on('error', reject)
    request.on('close', () => {
      if (response === undefined) reject(new Error('closed without an answer'))
    })
    request.on('response', (incoming) => {
      response = incoming
      const localPort = request.socket?.localPort
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = incoming
        const answer = { status, body, headers, reused: request.reusedSocket, localPort }
        // The connection is free only after 'close'.
        if (request.closed) resolve(answer)
        else request.on('close', () => resolve(answer))
      })
    })
  })
}

export function get(opened: Pick<Opened, 'agent' | 'scheme'>, options: SendOptions): Promise<Answer> {
  return send(opened, options).answer
}

/** Counts client sockets from connect to close until the test ends. */
export function countSockets(...ports: number[]): SocketCounter {
  const counter = new SocketCounter(ports.length > 0 ? new Set(ports) : null)
  cleanup(() => counter.stop())
  return counter
}

/** Keeps the event loop busy for so many milliseconds: what idles then is looked at before it is used again. */
export function blockLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Waits until a condition holds, in time of an event loop that is not late; the message is the condition's own failure. */
export async function until(condition: () => void, ms = hangs): Promise<void> {
  const spent = stopwatch()
  for (;;) {
    try {
      return condition()
    } catch (error) {
      if (spent() > ms) throw error
    }
    await sleep(5)
  }
}

/** The pool holds nothing any more, and neither do its agents. */
export async function expectEmpty({ pool }: Pick<Opened, 'pool'>): Promise<void> {
  await until(() => {
    expect(pool.stats()).toMatchObject({ open: 0, active: 0, idle: 0, pending: 0, hosts: {} })
    for (const agent of [pool.options.http, pool.options.https].filter(Boolean)) {
      expect(agent).toMatchObject({ sockets: {}, freeSockets: {}, requests: {} })
    }
  })
}

export function errorOf(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return promise.then(
    () => {
      throw new Error('expected a failure')
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  )
}
