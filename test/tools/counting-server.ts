import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** Long enough that every connection which a client wants is open before the first answer, on a quiet machine. */
const answerAfterMs = 20

/** A server that counts what it is asked, on a port of its own. */
export interface CountingServer extends AsyncDisposable {
  readonly url: string
  /** Connections, the most at one time and all together, and requests. */
  readonly seen: { peak: number; opened: number; requests: number }
}

/** Answers every request with its own path, and counts connections from accept to close. */
export async function countingServer(): Promise<CountingServer> {
  const seen = { peak: 0, opened: 0, requests: 0 }
  let open = 0
  const server = http.createServer((request, response) => {
    seen.requests++
    setTimeout(() => response.end(request.url), answerAfterMs)
  })
  // Longer than any run: it is the pool that closes.
  server.keepAliveTimeout = 600_000
  server.on('connection', (socket) => {
    seen.opened++
    seen.peak = Math.max(seen.peak, ++open)
    socket.on('close', () => open--)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
