import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { wallClock } from '../time.ts'
import { openPool } from './traffic.ts'

// While a request waits for the turn of the event loop that shows whether its connection lives, the connection idles on for its server.
// A process that was busy for longer than it may idle has sent it into the server's own end: 2 of 32,000 POSTs of got's at 15 times the load.

const expiry = 300
let server: Server
let connections = 0

beforeAll(async () => {
  server = createServer((request, response) => request.resume().on('end', () => response.end('ok')))
  server.keepAliveTimeout = 0
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => server.close())

test.each(['node-http', 'undici'])(
  'a connection is not used that has idled too long by the end of that turn: %s',
  async (driver) => {
    const client = await loadClient({ driver })
    await using pool = openPool(client, { keepAliveExpiry: expiry })
    const handle = client.driver.open(client.module)
    const send = () =>
      handle.start(pool, { url: `http://h.test:${(server.address() as AddressInfo).port}/`, method: 'POST', body: 'x' })
    connections = 0
    await (await send()).read()
    // The client's own work after an answer.
    await new Promise((resolve) => setImmediate(resolve))
    // More than a pool takes for granted: it now asks the loop first.
    busyFor(10)
    const second = send()
    setImmediate(busyFor, expiry + 50)
    await (await second).read()
    expect(connections).toBe(2)
    const { created, reused, expired } = pool.stats()
    expect({ created, reused, expired }).toEqual({ created: 2, reused: 0, expired: 1 })
  },
)

function busyFor(ms: number): void {
  const elapsed = wallClock()
  while (elapsed() < ms);
}
