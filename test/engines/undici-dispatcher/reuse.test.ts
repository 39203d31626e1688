import { describe, expect, test } from 'vitest'
import { Gate, getterOf, open, serve, serveRaw, sleep, stopwatch, until, versions, wallClock } from './harness.ts'

describe.each(versions)('$name', (version) => {
  const { api } = version
  const get = getterOf(version)

  const answering = (answer: string, end = false) =>
    serveRaw((socket) => socket.on('data', () => (end ? socket.end(answer) : socket.write(answer))))

  describe('is used again or not', () => {
    test.each([
      ['a plain answer', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 1],
      ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 1],
      ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 1],
      ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 1],
      ['Connection: close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok', 3],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 3],
      ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok', 1],
    ])('%s', async (_, answer, connections) => {
      const { origin, sockets } = await answering(answer)
      // Handed over to a request that waits, and taken by one that comes later.
      for (const together of [true, false]) {
        const pool = open(version, { maxConnections: 1, retryStale: false })
        if (together) await Promise.all([get(pool, origin), get(pool, origin), get(pool, origin)])
        else for (let i = 0; i < 3; i++) await get(pool, origin)
        expect(sockets.length).toBe(together ? connections : 2 * connections)
        expect(pool.stats()).toMatchObject({ created: connections, reused: 3 - connections, overflowed: 0 })
      }
    })

    test('an answer that ends with its connection', async () => {
      const { origin, sockets } = await answering('HTTP/1.1 200 OK\r\n\r\nok', true)
      const pool = open(version, { maxConnections: 1 })
      expect(await Promise.all([1, 2, 3].map(() => get(pool, origin)))).toEqual(['ok', 'ok', 'ok'])
      expect(sockets.length).toBe(3)
    })

    test.each([
      ['HEAD', { method: 'HEAD' }, 1],
      ['HEAD with an empty body', { method: 'HEAD', body: '' }, 1],
      ['HEAD with a body, as GET with one', { method: 'HEAD', body: 'body' }, 3],
      ['GET with a body', { method: 'GET', body: 'body' }, 3],
      ['HEAD that asks for an end', { method: 'HEAD', reset: true }, 3],
      ['reset', { reset: true }, 3],
      ['the header Connection: close', { headers: { connection: 'close' } }, 3],
    ])('%s', async (_, options, connections) => {
      const { origin, sockets } = await serve((_request, response) => void response.end('ok'))
      const pool = open(version, { maxConnections: 1 })
      for (let i = 0; i < 3; i++) await get(pool, origin, options)
      expect(sockets.length).toBe(connections)
    })

    test('an answer that comes before the body was sent', async () => {
      const { origin, sockets } = await serveRaw((socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')),
      )
      const pool = open(version, { maxConnections: 1 })
      let onAnswered = () => {}
      const answered = new Promise<void>((resolve) => {
        onAnswered = resolve
      })
      async function* slow() {
        yield 'a'
        await answered
        yield 'b'
      }
      const first = get(pool, origin, { method: 'POST', body: slow() })
      const second = get(pool, origin)
      await first
      onAnswered()
      await second
      expect(sockets.length).toBe(2)
      await until(() => pool.stats().active === 0)
    })
  })

  test('keepAlive false sends Connection: close, per host too, and after reconfigure', async () => {
    const connection: (string | undefined)[] = []
    const { origin, port, sockets } = await serve((request, response) => {
      connection.push(request.headers.connection)
      response.end('ok')
    })
    const pool = open(version, { hosts: { [`localhost:${port}`]: { keepAlive: false } } })
    await get(pool, origin)
    await get(pool, origin)
    pool.reconfigure({ hosts: {} })
    await get(pool, origin)
    await get(pool, origin)
    pool.reconfigure({ keepAlive: false })
    await until(() => pool.stats().open === 0)
    await get(pool, origin)
    expect(connection).toEqual(['close', 'close', 'keep-alive', 'keep-alive', 'close'])
    expect(sockets.length).toBe(4)
  })

  test('overflow connections send Connection: close', async () => {
    const gate = new Gate()
    const connection: (string | undefined)[] = []
    const { origin } = await serve((request, response) => {
      connection.push(request.headers.connection)
      gate.listener(request, response)
    })
    const pool = open(version, { maxConnections: 1, maxOverflow: 1 })
    const held = get(pool, `${origin}/held`)
    await until(() => gate.waiting === 1)
    await get(pool, origin)
    gate.open()
    await held
    expect(connection).toEqual(['keep-alive', 'close'])
    await until(() => pool.stats().open === 1)
    expect(pool.stats()).toMatchObject({ overflowed: 1, idle: 1 })
  })

  test('idle connections end by the pool, never by undici: hints are the pool’s to heed', async () => {
    const answer = (hint: string) => `HTTP/1.1 200 OK\r\nkeep-alive: ${hint}\r\ncontent-length: 2\r\n\r\nok`
    const { origin } = await answering(answer('timeout=1'))
    // undici alone would close it at once: it takes two seconds off.
    const pool = open(version, { keepAliveExpiry: '10s', keepAliveHintMargin: 800 })
    await get(pool, origin)
    const [elapsed, own] = [wallClock(), stopwatch()]
    expect(pool.stats().idle).toBe(1)
    await until(() => pool.stats().open === 0)
    expect(elapsed()).toBeGreaterThan(180)
    expect(own()).toBeLessThan(400)
    expect(pool.stats().expired).toBe(1)
    const { origin: silent } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    const patient = open(version, { keepAliveExpiry: 'unlimited' })
    await get(patient, silent)
    await sleep(200)
    expect(patient.stats().idle).toBe(1)
    const limited = open(version)
    const { origin: other, sockets } = await answering(answer('timeout=60, max=1'))
    for (let i = 0; i < 4; i++) await get(limited, other)
    expect(sockets.length).toBe(2)
  })

  test.each(['KEEP-Alive: timeout=1', 'keep-alive: timeout=1s'])(
    'the raw header is found in any case, and read as undici reads it: %s',
    async (header) => {
      const { origin } = await answering(`HTTP/1.1 200 OK\r\n${header}\r\ncontent-length: 2\r\n\r\nok`)
      const pool = open(version, { keepAliveExpiry: '10s', keepAliveHintMargin: '1s' })
      await get(pool, origin)
      await until(() => pool.stats().open === 0, 100)
      expect(pool.stats().expired).toBe(1)
    },
  )

  test('a Client never connects again by itself', async () => {
    // Connections close right after the answer: requests are handed over that can't be sent any more.
    const { origin, sockets } = await serveRaw((socket) =>
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        setImmediate(() => socket.destroy())
      }),
    )
    const pool = open(version, { maxConnections: 2 })
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => get(pool, origin)))
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true)
    await until(() => pool.stats().open === 0)
    expect(pool.stats().created).toBe(sockets.length)
  })

  test('unread bodies keep their connection, given up ones free it', async () => {
    const { origin } = await serve((_request, response) => void response.end('x'.repeat(5_000_000)))
    const pool = open(version, { maxConnections: 1 })
    const { body } = await api.request(origin, { dispatcher: pool.dispatcher })
    const second = get(pool, origin)
    await sleep(50)
    expect(pool.stats()).toMatchObject({ active: 1, pending: 1 })
    body.on('error', () => {}).destroy()
    expect((await second).length).toBe(5_000_000)
    await until(() => pool.stats().active === 0)
  })

  test.each(['upgrade', 'CONNECT'])('%s hands the socket over and frees its place once', async (kind) => {
    const { origin } = await serveRaw((socket) =>
      socket.once('data', () => {
        socket.write(
          kind === 'CONNECT' ? 'HTTP/1.1 200 OK\r\n\r\n' : 'HTTP/1.1 101 Hi\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
        )
        socket.pipe(socket)
      }),
    )
    const pool = open(version, { maxConnections: 1 })
    const { dispatcher } = pool
    for (let i = 1; i <= 2; i++) {
      const { socket } =
        kind === 'CONNECT'
          ? await api.connect(origin, { dispatcher, path: 'other.test:443' })
          : await api.upgrade(origin, { dispatcher, protocol: 'echo' })
      expect(pool.stats()).toMatchObject({ open: 0, created: i })
      socket.write('ping')
      expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('ping')
      socket.destroy()
    }
    await pool.close()
  })

  test('an upgrade that is refused is an ordinary answer, and frees its place', async () => {
    const { origin } = await serve((_request, response) => void response.writeHead(400).end('no'))
    const pool = open(version, { maxConnections: 1 })
    await expect(api.upgrade(origin, { dispatcher: pool.dispatcher })).rejects.toThrow('bad upgrade')
    await until(() => pool.stats().open === 0)
  })
})
