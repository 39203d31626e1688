import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { OnCreate } from '../../../src/engines/node-agent/native.ts'
import { assign, type Create, dial } from './connecting.ts'
import { cleanup, countSockets, errorOf, expectEmpty, get, listen, open, type Scheme, send, until, variants } from './support.ts'

/** Dials at once, and gives the socket when the test says so. */
function withheld(scheme: Scheme) {
  const gives: (() => void)[] = []
  const create: Create = (options, callback) => {
    const socket = dial(scheme, options)
    gives.push(() => callback(null, socket))
    return undefined
  }
  return { create, gives }
}

describe.each(variants)('$name: a dial that is late', (variant) => {
  const { scheme } = variant

  // Node tells of sockets that net.connect makes, and the pool of those that its own createConnection has made.
  it('keeps its place while its socket is open, and is destroyed when it comes', async () => {
    const { port, sockets } = await listen(scheme)
    const opened = open(variant, { maxConnections: 2, connectTimeout: 100, acquireTimeout: 20_000 })
    const native = opened.agent as unknown as { createConnection: Create }
    const original = native.createConnection
    const gives: (() => void)[] = []
    assign(opened, (options, callback) => {
      const socket = original.call(opened.agent, options, () => {}) as Socket
      gives.push(() => callback(null, socket))
      return undefined
    })
    const counter = countSockets(port)
    const errors = Array.from({ length: 8 }, () => errorOf(get(opened, { port })))
    for (let round = 1; round <= 4; round++) {
      await until(() => expect(gives).toHaveLength(2 * round))
      const [one, two] = errors.slice(2 * round - 2, 2 * round)
      expect(await one).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
      expect(await two).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
      // Nobody takes their place before they have come and closed.
      await until(() => expect(sockets.size).toBe(2))
      expect(opened.pool.stats().open).toBe(2)
      for (const give of gives.slice(2 * round - 2)) give()
      await until(() => expect(sockets.size).toBe(round === 4 ? 0 : 2))
    }
    expect(counter.peak).toBe(2)
    await expectEmpty(opened)
  })

  it('gives its place back at the deadline if nothing is known of it; its socket is counted if it comes after all', async () => {
    const { port, sockets } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 50 })
    let give: OnCreate = () => {}
    assign(opened, (_, callback) => {
      give = callback
      return undefined
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    await until(() => expect(opened.pool.stats().open).toBe(0))
    opened.pool.reconfigure({ maxConnections: 1 })
    const socket = dial(scheme, { port })
    await until(() => expect(sockets.size).toBe(1))
    give(null, socket)
    expect(socket.destroyed).toBe(true)
    expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 0 })
    assign(opened, (options) => dial(scheme, options))
    expect(await get(opened, { port })).toMatchObject({ body: 'ok', reused: false })
    await until(() => expect(sockets.size).toBe(1))
    expect(opened.pool.stats()).toMatchObject({ open: 1 })
  })

  it('gives its place back as soon as its last socket has closed by itself', async () => {
    const { port, sockets } = await listen('http')
    const opened = open(variant, { maxConnections: 1, connectTimeout: 50, acquireTimeout: 20_000 })
    assign(opened, (options) => {
      dial('http', options)
      return undefined
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    await until(() => expect(sockets.size).toBe(1))
    expect(opened.pool.stats().open).toBe(1)
    for (const socket of sockets) socket.destroy()
    await expectEmpty(opened)
  })

  it('after an abort keeps its place until its deadline, then gives it back', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 300, acquireTimeout: 20_000 })
    const silent: Create = () => undefined
    assign(opened, silent)
    const { request, answer } = send(opened, { port })
    request.destroy()
    await errorOf(answer)
    expect(opened.pool.stats().open).toBe(1)
    assign(opened, (options) => dial(scheme, options))
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
  })

  it('lets destroy() end at once, and is destroyed when it comes', async () => {
    const { port, sockets } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const { create, gives } = withheld(scheme)
    assign(opened, create)
    const first = errorOf(get(opened, { port }))
    await until(() => expect(sockets.size).toBe(1))
    const ended = opened.pool.destroy()
    expect(await first).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    for (const give of gives) give()
    await ended
    await until(() => expect(sockets.size).toBe(0))
    await expectEmpty(opened)
  })
})

/** What a createConnection may do besides what it should, and how the request ends; null: with its answer. */
const nonsense: readonly { name: string; create: (scheme: Scheme) => Create; error: string | null; throws?: true }[] = [
  {
    name: 'calls back with neither',
    create: () => (_, callback) => void setTimeout(callback as () => void),
    error: 'no open socket',
  },
  {
    name: 'calls back with neither at once',
    create: () => (_, callback) => void (callback as () => void)(),
    error: 'no open socket',
  },
  {
    name: 'calls back with what is no socket',
    create: () => (_, callback) => void setTimeout(callback, 0, null, 'socket' as never),
    error: 'no open socket',
  },
  {
    name: 'returns what is no socket',
    create: () => () => ({}) as Socket,
    error: 'no open socket',
  },
  {
    name: 'calls back with a destroyed socket',
    create: (scheme) => (options, callback) => {
      const socket = dial(scheme, options).destroy()
      setTimeout(callback, 0, null, socket)
      return undefined
    },
    error: 'no open socket',
  },
  {
    name: 'calls back with an error that is none',
    create: () => (_, callback) => void setTimeout(callback, 0, 'no way' as never),
    error: 'no way',
  },
  {
    name: 'calls back with an error and a socket',
    create: (scheme) => (options, callback) => void setTimeout(callback, 0, new Error('mine'), dial(scheme, options)),
    error: 'mine',
  },
  {
    name: 'calls back with false for no error, as node takes it',
    create: (scheme) => (options, callback) => void setTimeout(callback, 0, false as never, dial(scheme, options)),
    error: null,
  },
  {
    name: 'calls back with two sockets',
    create: (scheme) => (options, callback) => {
      setTimeout(() => {
        callback(null, dial(scheme, options))
        callback(null, dial(scheme, options))
      })
      return undefined
    },
    error: null,
  },
  {
    name: 'calls back with a socket and returns another',
    create: (scheme) => (options, callback) => {
      callback(null, dial(scheme, options))
      return dial(scheme, options)
    },
    error: null,
  },
  {
    name: 'calls back with an error and then with a socket',
    create: (scheme) => (options, callback) => {
      setTimeout(() => {
        callback(new Error('first'))
        callback(null, dial(scheme, options))
      })
      return undefined
    },
    error: 'first',
  },
  {
    name: 'returns a promise of a socket',
    create: (scheme) => (options) => Promise.resolve(dial(scheme, options)) as unknown as Socket,
    error: null,
  },
  {
    name: 'returns a promise of nothing and calls back',
    create: (scheme) =>
      (async (options: { port: number }, callback: OnCreate) => {
        setTimeout(() => callback(null, dial(scheme, options)), 5)
      }) as unknown as Create,
    error: null,
  },
  {
    name: 'returns a promise that is rejected',
    create: () => (() => Promise.reject(new Error('rejected'))) as unknown as Create,
    error: 'rejected',
  },
  {
    name: 'throws after it has called back',
    create: (scheme) => (options, callback) => {
      callback(null, dial(scheme, options))
      throw new Error('thrown')
    },
    error: 'thrown',
    throws: true,
  },
  {
    name: 'throws after it has called back with an error',
    create: () => (_, callback) => {
      callback(new Error('told'))
      throw new Error('thrown')
    },
    error: 'thrown',
    throws: true,
  },
]

describe.each(variants)('$name: a createConnection that', (variant) => {
  const { scheme } = variant

  it.each(nonsense)('$name gives its place back, whether the request has waited or not', async ({ create, error, throws }) => {
    const { port, sockets } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, acquireTimeout: 20_000 })
    const escaped: unknown[] = []
    const onEscape = (thrown: unknown) => escaped.push(thrown)
    process.on('uncaughtException', onEscape)
    cleanup(() => process.off('uncaughtException', onEscape))
    const ends = async (): Promise<string> => {
      try {
        return (await get(opened, { port })).body
      } catch (thrown) {
        return (thrown as Error).message
      }
    }
    const expected = error === null ? 'ok' : expect.stringContaining(error)
    assign(opened, create(scheme))
    expect(await ends()).toEqual(expected)
    // What the caller hears by the exception is not told again.
    await until(() => expect(sockets.size).toBe(error === null ? 1 : 0))
    await until(() => expect(opened.pool.stats().active).toBe(0))
    assign(opened, (options) => dial(scheme, options))
    const running = get(opened, { port, agent: opened.agent, headers: { connection: 'close' } })
    assign(opened, create(scheme))
    expect(await Promise.all([running.then(({ body }) => body), ends()])).toEqual([
      'ok',
      throws === true ? expect.any(String) : expected,
    ])
    assign(opened, (options) => dial(scheme, options))
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    expect(opened.pool.stats()).toMatchObject({ open: 1, active: 0, pending: 0 })
    await until(() => expect(sockets.size).toBe(1))
    expect(escaped).toEqual([])
  })
})
