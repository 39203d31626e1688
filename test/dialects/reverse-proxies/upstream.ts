import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { hangs, stopwatch } from '../../time.ts'

/** A server that counts its connections exactly. `/held…` is answered when it is told to, `/once` on a fresh connection alone. */
export class Upstream {
  open = 0
  peak = 0
  opened = 0
  running = 0
  runningPeak = 0
  readonly paths: string[] = []
  readonly #held: http.ServerResponse[] = []
  readonly #used = new WeakSet<Socket>()
  readonly #server = http.createServer((request, response) => this.#answer(request, response))

  static async listen(): Promise<Upstream> {
    const upstream = new Upstream()
    const server = upstream.#server
    server.keepAliveTimeout = 0
    server.on('connection', (socket: Socket) => {
      upstream.opened++
      upstream.peak = Math.max(upstream.peak, ++upstream.open)
      socket.on('error', () => {}).on('close', () => upstream.open--)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return upstream
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get held(): number {
    return this.#held.length
  }

  release(): void {
    for (const response of this.#held.splice(0)) response.end('held')
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { url = '', socket } = request
    this.paths.push(url)
    this.runningPeak = Math.max(this.runningPeak, ++this.running)
    response.on('close', () => this.running--)
    request.resume()
    if (url === '/once' && this.#used.has(socket)) return void socket.destroy()
    this.#used.add(socket)
    if (url.startsWith('/held')) this.#held.push(response)
    // Later, so that others are under way at the same time.
    else setTimeout(() => response.end(JSON.stringify({ host: request.headers.host })), 5)
  }
}

export async function until(condition: () => boolean): Promise<void> {
  const elapsed = stopwatch()
  while (!condition()) {
    if (elapsed() > hangs) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
