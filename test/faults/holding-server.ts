import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Keeps the answer to `/hold?x` until `/release?x`. */
export class HoldingServer {
  readonly #server = http.createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/hold') this.#held.set(search, response)
    else {
      if (pathname === '/release') this.#held.get(search)?.end('ok')
      response.end('ok')
    }
  })
  readonly #held = new Map<string, ServerResponse>()

  async listen(): Promise<string> {
    this.#server.keepAliveTimeout = 60_000
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
