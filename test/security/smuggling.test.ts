import type { Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { settling } from '../hostile/support.ts'
import { type Ask, failureOf, serve, serveGenuine, serveRaw, wires } from './wire.ts'

const poison = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison'

type Shape = readonly [name: string, answer: string, method: 'GET' | 'HEAD']

/** Answers of a server that wants its next answer to be taken for another request's. Everything comes in one piece. */
const shapes: readonly (readonly [name: string, answer: string, method?: 'HEAD'])[] = [
  ['bytes beyond Content-Length', `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${poison}`],
  [
    'both Content-Length and Transfer-Encoding',
    `HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${poison}`,
  ],
  [
    'the same, the other way round',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n2\r\nok\r\n0\r\n\r\n${poison}`,
  ],
  ['two Content-Lengths', `HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok${poison}`],
  ['a list of Content-Lengths', `HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok${poison}`],
  ['a signed Content-Length', `HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok${poison}`],
  ['a negative Content-Length', `HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok${poison}`],
  ['a Content-Length beyond numbers', `HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nok${poison}`],
  [
    'a Transfer-Encoding that ends in another one',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${poison}`,
  ],
  ['a chunk size with a sign', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nok\r\n0\r\n\r\n${poison}`],
  ['a body under 204', `HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok${poison}`],
  ['a body under 304', `HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\nok${poison}`],
  ['a body under HEAD', `HTTP/1.1 200 OK\r\ncontent-length: ${poison.length}\r\n\r\n${poison}`, 'HEAD'],
  ['two answers', `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${poison}`],
  ['an answer behind one that ends with the connection', `HTTP/1.0 200 OK\r\n\r\nok${poison}`],
  [
    'a header that goes on in the next line',
    `HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: a\r\n content-length: 60\r\n\r\nok${poison}`,
  ],
  ['no end of the headers but bare line feeds', `HTTP/1.1 200 OK\ncontent-length: 2\n\nok${poison}`],
  ['an upgrade that nobody asked for', `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n${poison}`],
  [
    'interim answers without end',
    `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${poison}`,
  ],
]

/** Answers the first request of each connection with the shape, and every other one honestly. */
function poisonous(answer: string): (socket: Socket) => void {
  return (socket) => {
    let first = true
    socket.on('data', (data) => {
      const asked = String(data)
      if (asked.startsWith('GET /clean')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nclean')
      else if (first) socket.write(answer)
      first = false
    })
  }
}

describe.each(wires)('$name', (wire) => {
  it.each(shapes.map(([name, answer, method]): Shape => [name, answer, method ?? 'GET']))(
    '%s: the next request gets its own answer',
    async (_, answer, method) => {
      const server = await serveRaw(poisonous(answer))
      const client = wire.open({ maxConnections: 1, retryStale: false })
      // The second request waits for the connection of the first; the third finds it idle, if it is there at all.
      const first = client.ask(server.origin, { path: '/first', method }).catch(() => undefined)
      const second = client.ask(server.origin, { path: '/clean/waiting' })
      // What breaks off with its connection ends here; what is left open by its shape ends when the server hangs up.
      setTimeout(() => server.connections[0]?.end(), 150)
      const [, waiting] = await Promise.all([first, second])
      expect(waiting).toEqual({ status: 200, body: 'clean' })
      expect(await client.ask(server.origin, { path: '/clean/idle' })).toEqual({ status: 200, body: 'clean' })
      // On no way onto the wire may one of the shapes cost another request its answer: all of them end their connection, and no other.
      expect(server.connections).toHaveLength(2)
      await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ active: 0, pending: 0 }), settling)
    },
  )

  it.each<[string, string]>([
    ['a whole answer', poison],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['garbage', '\0\u0001\u0002'],
    ['one line end', '\r\n'],
    ['a megabyte', 'x'.repeat(1 << 20)],
  ])('%s that comes unasked on an idle connection reaches no request', async (_, stray) => {
    const server = await serveRaw((socket, index) => {
      let asked = 0
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nclean')
        if (index === 1 && asked++ === 0) setTimeout(() => socket.write(stray), 30)
      })
    })
    const client = wire.open({ maxConnections: 1, retryStale: false })
    expect(await client.ask(server.origin)).toMatchObject({ body: 'clean' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    for (let round = 0; round < 3; round++) expect(await client.ask(server.origin)).toMatchObject({ body: 'clean' })
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ active: 0, pending: 0 }), settling)
  })

  it.each<[string, Ask]>([
    ['a line end in a header', { headers: { x: 'a\r\nhost: evil.test' } }],
    ['a request in a header', { headers: { x: 'a\r\n\r\nGET /evil HTTP/1.1\r\nhost: x\r\n\r\n' } }],
    ['a line feed in a header', { headers: { x: 'a\nb: c' } }],
    ['a NUL in a header', { headers: { x: 'a\0b' } }],
    ['a line end in the name of a header', { headers: { 'x: a\r\ny': 'b' } }],
    ['a line end in the Host header', { headers: { host: 'a.test\r\nx: y' } }],
    ['a line end in a path', { path: '/ HTTP/1.1\r\nhost: evil.test\r\n\r\nGET /evil' }],
    ['a space in a path', { path: '/ HTTP/1.1' }],
    ['a line end in a method', { method: 'GET / HTTP/1.1\r\nx: y\r\n\r\nGET' }],
  ])('%s is refused by the client, never sent, and takes no place', async (_, ask) => {
    const server = await serve()
    const client = wire.open({ maxConnections: 1 })
    await client.ask(server.origin, { path: '/before' })
    await failureOf((async () => client.ask(server.origin, ask))())
    await client.ask(server.origin, { path: '/after' })
    expect(server.seen.map(({ url }) => url)).toEqual(['/before', '/after'])
    for (const { headers } of server.seen) expect(Object.keys(headers).sort()).toEqual(['connection', 'host'])
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ open: 1, idle: 1, active: 0, pending: 0 }), settling)
  })

  it('adds nothing to what a client sends, and keeps nothing of one request for the next', async () => {
    const server = await serveGenuine()
    const client = wire.open({ maxConnections: 1 })
    await client.ask(server.origin, { headers: { authorization: 'Bearer one', cookie: 'a=b' } })
    await client.ask(server.origin, {})
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer one', cookie: 'a=b' })
    expect(Object.keys(server.seen[1]?.headers ?? {}).sort()).toEqual(['connection', 'host'])
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1])
  })
})
