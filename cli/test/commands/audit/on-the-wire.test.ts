import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import axios from 'axios'
import got from 'got'
import { Agent, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'

/** What the rules of the audit say of clients, as a server sees it. */
async function serve(answer: http.RequestListener): Promise<{ url: string; sockets: Set<Socket>; asked: string[] }> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const server = http.createServer((incoming, outgoing) => {
    sockets.add(incoming.socket)
    asked.push(incoming.url ?? '')
    answer(incoming, outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets, asked }
}

const requests = 5

test('instances of axios and got without agents of their own share connections, so that client-per-request leaves them alone', async () => {
  const shared = new http.Agent({ keepAlive: true })
  const own = () => new http.Agent({ keepAlive: true })
  const used = async (send: (url: string) => Promise<unknown>) => {
    const { url, sockets } = await serve((_, outgoing) => outgoing.end('ok'))
    for (let sent = 0; sent < requests; sent++) await send(url)
    return sockets.size
  }
  expect(await used((url) => axios.create({ baseURL: url }).get('/'))).toBe(1)
  expect(await used((url) => axios.create({ httpAgent: shared }).get(url))).toBe(1)
  expect(
    await used((url) =>
      got
        .extend({ headers: { a: 'b' } })(url)
        .text(),
    ),
  ).toBe(1)
  expect(
    await used((url) =>
      got
        .extend({ agent: { http: shared } })(url)
        .text(),
    ),
  ).toBe(1)
  expect(await used((url) => axios.create({ httpAgent: own() }).get(url))).toBe(requests)
  expect(
    await used((url) =>
      got
        .extend({ agent: { http: own() } })(url)
        .text(),
    ),
  ).toBe(requests)
})

test('a body of more than 64 kB that nobody reads holds its connection, as unread-body says', async () => {
  const large = Buffer.alloc(300_000)
  const { url, asked } = await serve((_, outgoing) => outgoing.end(large))
  const one = new Agent({ connections: 1 })
  const other = new Agent({ connections: 1 })
  onTestFinished(async () => {
    await Promise.all([one.destroy(), other.destroy()])
  })
  const { body } = await request(`${url}first`, { dispatcher: one })
  const second = request(`${url}second`, { dispatcher: one })
  // What takes its way freely meanwhile: the second has had time for many times as much.
  for (let sent = 0; sent < 20; sent++)
    await (await request(`${url}other`, { dispatcher: other })).body.dump({ limit: Number.POSITIVE_INFINITY })
  expect(asked).not.toContain('/second')
  await body.dump({ limit: Number.POSITIVE_INFINITY })
  await (await second).body.dump({ limit: Number.POSITIVE_INFINITY })
  expect(asked.at(-1)).toBe('/second')
})
