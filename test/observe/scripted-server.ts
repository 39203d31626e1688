import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** A server whose path says how it answers. `/hold` answers when it is let go, and so does `/begin` but for its beginning. */
export class ScriptedServer {
  url = ''
  #held: ServerResponse[] = []
  #waiting: (() => void)[] = []
  #sockets = new Set<Socket>()
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => this.#answer(request, response))

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    })
    this.#server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n')
    })
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
        resolve()
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
      this.endAll()
    })
  }

  /** Resolves once so many requests are held. */
  async holds(count: number): Promise<void> {
    while (this.#held.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Answers what is held. */
  letGo(): void {
    for (const response of this.#held.splice(0)) response.end('held')
  }

  /** Sends FIN on every connection. */
  endAll(): void {
    for (const socket of this.#sockets) socket.end()
  }

  #hold(response: ServerResponse): void {
    this.#held.push(response)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    const [, path] = (request.url ?? '').split(/[/?]/)
    switch (path) {
      case 'begin':
        response.write('begun, ')
        this.#hold(response)
        break
      case 'hold':
        this.#hold(response)
        break
      case 'close':
        response.setHeader('connection', 'close')
        response.end('last')
        break
      case 'short':
        response.setHeader('keep-alive', 'timeout=1')
        response.end('not for long')
        break
      case 'cut':
        response.writeHead(200, { 'content-length': '100' })
        response.write('some of it', () => request.socket.resetAndDestroy())
        break
      case 'half':
        response.writeHead(200, { 'content-length': '100' })
        response.write('some of it')
        break
      default:
        response.end('ok')
    }
  }
}

/** Servers for the tests of a file. */
export function useServers(count: number): readonly ScriptedServer[] {
  const servers = Array.from({ length: count }, () => new ScriptedServer())
  beforeAll(() => Promise.all(servers.map((server) => server.listen())))
  afterAll(() => Promise.all(servers.map((server) => server.close())))
  return servers
}
