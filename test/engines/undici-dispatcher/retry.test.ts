import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import net, { type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import type { ConnectCallback } from '../../../src/engines/undici-dispatcher/peer.ts'
import { generations, listenBy, open, serveRaw, until, type Version, versions } from './harness.ts'

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** A server that answers a connection's first request and then does `next` with the others. */
async function answersOnce(version: Version, config: PoolConfig, next: (socket: Socket, index: number) => void) {
  const requests: string[] = []
  const server = await serveRaw((socket, index) => {
    let count = 0
    socket.on('data', (data) => {
      const line = String(data).split(' HTTP')[0] as string
      // Bodies may come in chunks of their own.
      if (!/^[A-Z]+ \//.test(line)) return
      requests.push(line)
      if (count++ === 0) socket.write(ok)
      else next(socket, index)
    })
  })
  const pool = open(version, { maxConnections: 1, ...config })
  const { dispatcher } = pool
  const ask = async (path: string, options: object = {}) => {
    const { body } = await version.api.request(server.origin + path, { dispatcher, ...options })
    return body.text()
  }
  await ask('/first')
  return { ...server, pool, dispatcher, requests, ask }
}

/** Every socket of undici's that is open, in any test of this file; none runs beside another. */
const sockets: Socket[] = []
subscribe('undici:client:connected', (message) => void sockets.push((message as { socket: Socket }).socket))

const connectionReset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

const reset = (socket: Socket) => void socket.resetAndDestroy()

describe.each(versions)('$name: a reused connection that fails', (version) => {
  test.each([
    ['reset', reset],
    ['closed', (socket: Socket) => void socket.destroy()],
    ['ended', (socket: Socket) => void socket.end()],
  ])('because it was %s: a GET is sent once more', async (_, next) => {
    const { ask, requests, pool } = await answersOnce(version, {}, next)
    expect(await ask('/second')).toBe('ok')
    expect(requests).toEqual(['GET /first', 'GET /second', 'GET /second'])
    expect(pool.stats()).toMatchObject({ created: 2, reused: 1, open: 1, idle: 1 })
  })

  test.each([
    ['HEAD', {}],
    ['PUT', { body: 'text' }],
    ['PUT', { body: Buffer.from('bytes') }],
    ['PUT', { body: new Uint8Array(3) }],
    ['DELETE', {}],
    ['OPTIONS', {}],
    ['POST', { body: 'safe, as its sender says', idempotent: true }],
  ])('sends %s %j once more', async (method, options) => {
    const { ask, requests } = await answersOnce(version, {}, reset)
    await ask('/second', { method, ...options })
    expect(requests.slice(1)).toEqual([`${method} /second`, `${method} /second`])
  })

  test.each([
    ['POST', { body: 'text' }],
    ['PATCH', { body: 'text' }],
    ['GET', { idempotent: false }],
    ['PUT', { body: () => Readable.from(['once']) }],
  ])('does not send %s %j again', async (method, { body, ...options }: { body?: unknown; idempotent?: boolean }) => {
    const { ask, requests, pool } = await answersOnce(version, {}, reset)
    const given = typeof body === 'function' ? body() : body
    await expect(ask('/second', { method, body: given, ...options })).rejects.toThrow()
    expect(requests).toEqual(['GET /first', `${method} /second`])
    await until(() => pool.stats().open === 0)
  })

  test('does not send anything again if retryStale is false', async () => {
    const { ask, requests } = await answersOnce(version, { retryStale: false }, reset)
    await expect(ask('/second')).rejects.toThrow()
    expect(requests.length).toBe(2)
  })

  test('does not send again what was answered in part, or ran into a timeout', async () => {
    const { ask, requests } = await answersOnce(version, {}, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', () => setTimeout(() => reset(socket), 10))
    })
    await expect(ask('/second')).rejects.toThrow()
    expect(requests.length).toBe(2)
    const silent = await answersOnce(version, {}, () => {})
    await expect(silent.ask('/second', { headersTimeout: 50 })).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    expect(silent.requests.length).toBe(2)
  })

  test('sends once more, not twice', async () => {
    const requests: string[] = []
    const { origin } = await serveRaw((socket, index) => {
      let count = 0
      socket.on('data', (data) => {
        requests.push(String(data).split(' HTTP')[0] as string)
        if (index === 0 && count++ === 0) socket.write(ok)
        else reset(socket)
      })
    })
    const pool = open(version)
    const ask = (path: string) => version.api.request(origin + path, { dispatcher: pool.dispatcher })
    await (await ask('/first')).body.text()
    await expect(ask('/second')).rejects.toThrow()
    expect(requests).toEqual(['GET /first', 'GET /second', 'GET /second'])
    await until(() => pool.stats().open === 0)
  })

  test('sends nothing again on a connection that was fresh', async () => {
    let count = 0
    const { origin } = await serveRaw((socket) => {
      count++
      socket.once('data', () => reset(socket))
    })
    const { dispatcher } = open(version)
    await expect(version.api.request(origin, { dispatcher })).rejects.toThrow()
    expect(count).toBe(1)
  })

  test.each([true, false])(
    'before anything was written: any method and body is sent, once, with retryStale: %s',
    async (retryStale) => {
      // Answer and FIN come together: the next request was handed over with the one, and is not written because of the other.
      const requests: string[] = []
      const { origin } = await serveRaw((socket) =>
        socket.once('data', (data) => {
          requests.push(String(data).split(' HTTP')[0] as string)
          socket.end(ok)
        }),
      )
      const pool = open(version, { maxConnections: 1, retryStale })
      const send = async (path: string, body: unknown) => {
        const answer = await version.api.request(origin + path, { dispatcher: pool.dispatcher, method: 'POST', body })
        return answer.body.text()
      }
      async function* once() {
        yield 'd'
      }
      const bodies = ['a', Readable.from(['b']), 'c', once(), 'e']
      expect(await Promise.all(bodies.map((body, index) => send(`/${index}`, body)))).toEqual(Array(5).fill('ok'))
      expect(requests).toEqual(bodies.map((_, index) => `POST /${index}`))
    },
  )

  test.each([
    ['GET', undefined],
    ['POST', 'text'],
  ])('retryStale: false: no %s fails of which nothing was written', async (method, body) => {
    // The server closes right behind each answer, sometimes with it.
    const { origin } = await serveRaw((socket, index) =>
      socket.once('data', () => {
        if (index % 2 === 0) socket.end(ok)
        else socket.write(ok, () => socket.destroy())
      }),
    )
    const written = new Set<string>()
    const onWritten = (message: unknown) => void written.add((message as { request: { path: string } }).request.path)
    subscribe('undici:client:sendHeaders', onWritten)
    onTestFinished(() => void unsubscribe('undici:client:sendHeaders', onWritten))
    const { dispatcher } = open(version, { maxConnections: 1, retryStale: false })
    const unwritten: string[] = []
    for (let i = 0; i < 300; i++) {
      try {
        const answer = await version.api.request(`${origin}/${i}`, { dispatcher, method, body })
        expect(await answer.body.text()).toBe('ok')
      } catch {
        if (!written.has(`/${i}`)) unwritten.push(`/${i}`)
      }
    }
    expect(unwritten).toEqual([])
  })

  test.each([
    ['GET', undefined, 'closed'],
    ['POST', 'text', 'closed'],
    ['POST', 'text', 'reset'],
  ])(
    'retryStale: false: a %s (body %s) is sent on a new connection if the old one was %s before it was written',
    async (method, body, how) => {
      const { dispatcher, origin, requests, pool } = await answersOnce(version, { retryStale: false }, reset)
      const options = {
        origin,
        path: '/second',
        method,
        // Asked once more when it has its connection: undici is given it, and waits for a turn of the event loop before it writes.
        get body() {
          if (pool.stats().reused === 1) {
            for (const socket of sockets.splice(0)) socket.destroy(how === 'reset' ? connectionReset() : undefined)
          }
          return body
        },
      }
      const told = listenBy('modern')
      dispatcher.dispatch(options, told.handler)
      expect(await told.done).toEqual({ status: 200, body: 'ok' })
      expect(requests).toEqual(['GET /first', `${method} /second`])
      expect(pool.stats()).toMatchObject({ created: 2, reused: 1 })
    },
  )

  test.each([
    ['found its connection idle', (pool: ReturnType<typeof open>) => until(() => pool.stats().idle === 1)],
    ['had waited itself', () => undefined],
  ])('puts the request that failed before those that came after it: it %s', async (_, ready) => {
    const { ask, requests, pool } = await answersOnce(version, { acquireTimeout: 500 }, (socket, index) => {
      if (index === 0) setTimeout(() => reset(socket), 100)
      else socket.write(ok)
    })
    await ready(pool)
    expect(await Promise.all([ask('/second'), ask('/third')])).toEqual(['ok', 'ok'])
    expect(requests).toEqual(['GET /first', 'GET /second', 'GET /second', 'GET /third'])
  })

  describe.each(generations)('%s handler', (generation) => {
    test('is told one answer, and can abort the second try', async () => {
      const { dispatcher, origin } = await answersOnce(version, {}, reset)
      const told = listenBy(generation)
      dispatcher.dispatch({ origin, path: '/second', method: 'GET' }, told.handler)
      expect(await told.done).toEqual({ status: 200, body: 'ok' })
      expect(told.events.filter((event) => event !== 'start')).toEqual(['headers 200', 'end'])
    })

    test('can abort while the second try connects', async () => {
      let dials = 0
      const { origin, port } = await serveRaw((socket) => {
        let count = 0
        socket.on('data', () => {
          if (count++ === 0) socket.write(ok)
          else reset(socket)
        })
      })
      const connect = (_options: object, callback: ConnectCallback) => {
        if (dials++ > 0) return new net.Socket()
        const socket = net.connect(port, 'localhost', () => callback(null, socket))
        return socket
      }
      const pool = open(version, { maxConnections: 1 }, { connect })
      const first = listenBy(generation)
      pool.dispatcher.dispatch({ origin, path: '/first', method: 'GET' }, first.handler)
      await first.done
      const told = listenBy(generation)
      pool.dispatcher.dispatch({ origin, path: '/second', method: 'GET' }, told.handler)
      await until(() => dials === 2)
      const reason = new Error('enough')
      told.abort(reason)
      expect((await told.done).error).toBe(reason)
      await until(() => pool.stats().open === 0)
    })
  })
})
