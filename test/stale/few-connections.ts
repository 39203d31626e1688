import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import type { ClientSource } from '../../cli/src/conformance/client.ts'
import { optionsFor } from '../../cli/src/conformance/clients/shared.ts'
import { loopback } from '../../cli/src/conformance/lookups.ts'
import { Random } from '../random.ts'

const callers = 30
const requests = 3000

/** Answers the first request of a connection, and of the others all but a fifth, which meet a close. */
async function listen(): Promise<{ readonly port: number; closed(): number }> {
  const random = new Random(7)
  const served = new WeakSet()
  let closed = 0
  const server = createServer(({ socket }, response) => {
    if (served.has(socket) && random.chance(0.2)) {
      closed++
      if (random.chance(0.5)) socket.destroy()
      else socket.resetAndDestroy()
    } else {
      served.add(socket)
      response.end('ok')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, closed: () => closed }
}

/** Connections go from host to host, and whoever waits could be handed one that has served. */
export function testFewConnections(title: string, source: ClientSource): void {
  test(`${title}: no GET fails where callers of three hosts share six connections`, () => run(source))
}

async function run(source: ClientSource): Promise<void> {
  const client = await loadClient(source)
  const { port, closed } = await listen()
  const native = optionsFor(client.driver.family, { lookup: loopback })
  await using pool = client.adapter.createPool({ maxConnections: 6 }, native)
  const handle = client.driver.open(client.module)
  const failures: unknown[] = []
  let asked = 0
  const caller = async (number: number) => {
    while (asked++ < requests) {
      try {
        const { read } = await handle.start(pool, { url: `http://h${number % 3}.test:${port}/` })
        expect(await read()).toBe('ok')
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, (__, number) => caller(number)))
  expect(failures).toEqual([])
  expect(closed(), 'requests that met a close').toBeGreaterThan(requests / 10)
  const { created, reused, open } = pool.stats()
  expect(created + reused).toBe(requests + closed())
  expect(open).toBeLessThanOrEqual(6)
}
