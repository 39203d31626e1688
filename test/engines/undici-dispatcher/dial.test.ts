import { once } from 'node:events'
import net, { type LookupFunction, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import type { ConnectCallback } from '../../../src/engines/undici-dispatcher/peer.ts'
import { isPoolError } from '../../../src/errors.ts'
import { getterOf, open, serve, sleep, type TestServer, until, versions } from './harness.ts'

/** A connector of the caller's, which is to connect to this port. */
type Dial = (port: number, callback: ConnectCallback) => unknown

/** Far more than anything here takes: this tells a hang. */
const patience = 20_000

const to = (port: number) => net.connect(port, '127.0.0.1').on('error', () => {})

const dials: readonly { readonly name: string; readonly dial: Dial; readonly code: string }[] = [
  { name: 'does nothing', dial: () => {}, code: 'ERR_POOL_CONNECT_TIMEOUT' },
  { name: 'returns a promise that stays as it is', dial: () => new Promise(() => {}), code: 'ERR_POOL_CONNECT_TIMEOUT' },
  { name: 'returns a socket and never calls back', dial: (port) => to(port), code: 'ERR_POOL_CONNECT_TIMEOUT' },
  {
    name: 'returns a promise of a socket and never calls back',
    dial: async (port) => to(port),
    code: 'ERR_POOL_CONNECT_TIMEOUT',
  },
  { name: 'calls back with neither an error nor a socket', dial: (_, done) => done(null, null), code: 'UND_ERR_INVALID_ARG' },
  { name: 'calls back with a string', dial: (_, done) => done(null, 'socket' as never), code: 'UND_ERR_INVALID_ARG' },
  { name: 'calls back with an object', dial: (_, done) => done(null, {} as never), code: 'UND_ERR_INVALID_ARG' },
  {
    name: 'calls back with a destroyed socket',
    dial: (_, done) => done(null, new net.Socket().destroy()),
    code: 'UND_ERR_SOCKET',
  },
  {
    name: 'calls back with a socket that has closed',
    async dial(port, done) {
      const socket = to(port)
      await once(socket, 'connect')
      await once(socket.destroy(), 'close')
      done(null, socket)
    },
    code: 'UND_ERR_SOCKET',
  },
  { name: 'calls back with an error and a socket', dial: (port, done) => done(failure(), to(port)), code: 'EFAILED' },
  { name: 'returns a promise that is rejected', dial: () => Promise.reject(failure()), code: 'EFAILED' },
  {
    name: 'throws',
    dial() {
      throw failure()
    },
    code: 'EFAILED',
  },
  {
    name: 'calls back with an error and throws',
    dial(_, done) {
      done(failure(), null)
      throw new Error('again')
    },
    code: 'EFAILED',
  },
  {
    name: 'calls back with an error, twice',
    dial(_, done) {
      done(failure(), null)
      setImmediate(done, failure(), null)
    },
    code: 'EFAILED',
  },
]

const failure = () => Object.assign(new Error('failed'), { code: 'EFAILED' })

/** A DOMException has a number for a code. */
const nameOf = ({ code, name }: { code?: unknown; name: string }) => (typeof code === 'string' ? code : name)

/** Connectors that give a socket, and something more. */
const overzealous: readonly { readonly name: string; readonly dial: Dial }[] = [
  {
    name: 'gives two sockets',
    dial(port, done) {
      for (const socket of [to(port), to(port)]) socket.once('connect', () => done(null, socket))
    },
  },
  {
    name: 'gives one socket twice',
    dial(port, done) {
      const socket = to(port).once('connect', () => {
        done(null, socket)
        done(null, socket)
      })
    },
  },
  {
    name: 'gives a socket and then an error',
    dial(port, done) {
      const socket = to(port).once('connect', () => {
        done(null, socket)
        done(failure(), null)
      })
    },
  },
  {
    name: 'gives a socket at once and throws',
    dial(port, done) {
      done(null, to(port))
      throw failure()
    },
  },
  {
    name: 'returns one socket and gives another',
    dial(port, done) {
      const returned = to(port)
      const socket = to(port).once('connect', () => {
        returned.destroy()
        done(null, socket)
      })
      return returned
    },
  },
  {
    name: 'gives a socket and returns a promise that is rejected',
    dial(port, done) {
      const socket = to(port).once('connect', () => done(null, socket))
      return once(socket, 'connect').then(() => {
        throw failure()
      })
    },
  },
]

describe.each(versions)('$name: a connector that', { timeout: 3 * patience }, (version) => {
  const get = getterOf(version)

  async function scene(dial: Dial, config: PoolConfig = {}) {
    const server = await serve((_request, response) => void response.end('ok'))
    let wrong = true
    const connect = (_options: object, callback: ConnectCallback) => {
      if (wrong) return dial(server.port, callback)
      const socket = to(server.port).once('connect', () => callback(null, socket))
      return socket
    }
    const native = { connect }
    const pool = open(version, { maxConnections: 1, connectTimeout: 50, acquireTimeout: patience, ...config }, native)
    const heal = () => {
      wrong = false
    }
    return { server, pool, heal, ask: () => get(pool, 'http://a.test/') }
  }

  const codeOf = (asked: Promise<unknown>) => asked.then(() => 'none', nameOf)

  const openAt = ({ sockets }: TestServer) => sockets.filter((socket) => !socket.closed).length

  test.each(dials)('$name: its place is free for the next request, and close() ends', async ({ dial, code }) => {
    const { ask, heal, pool, server } = await scene(dial)
    expect(await codeOf(ask())).toBe(code)
    heal()
    expect(await ask()).toBe('ok')
    expect(openAt(server)).toBe(1)
    await pool.close()
    expect(pool.stats()).toMatchObject({ open: 0, hosts: {} })
  })

  test.each(dials)('$name: destroy() ends', async ({ dial }) => {
    const { ask, pool } = await scene(dial)
    const asked = codeOf(ask())
    await pool.destroy()
    expect(await asked).not.toBe('none')
    expect(pool.stats()).toMatchObject({ open: 0, hosts: {} })
  })

  test('does nothing: after an abort the place is free at the deadline', async () => {
    const { pool, heal, ask } = await scene(() => {})
    const abort = new AbortController()
    const asked = codeOf(get(pool, 'http://a.test/', { signal: abort.signal }))
    abort.abort()
    expect(await asked).toBe('AbortError')
    heal()
    expect(await ask()).toBe('ok')
  })

  test.each(overzealous)('$name: the request is answered, one connection is kept, and close() ends', async ({ dial }) => {
    const { ask, pool, server } = await scene(dial, { connectTimeout: patience })
    expect(await ask()).toBe('ok')
    await until(() => openAt(server) === 1, patience)
    expect(await ask()).toBe('ok')
    expect(pool.stats()).toMatchObject({ open: 1, created: 1, reused: 1 })
    await pool.close()
    expect(pool.stats()).toMatchObject({ open: 0, hosts: {} })
    await until(() => openAt(server) === 0, patience)
  })

  test('opens a socket at once and gives it late: there are never more than the cap allows', async () => {
    const opened: Socket[] = []
    let most = 0
    const { ask, pool, server } = await scene(
      (port, done) => {
        const socket = to(port)
        opened.push(socket)
        most = Math.max(most, opened.filter(({ closed }) => !closed).length)
        setTimeout(done, 400, null, socket)
      },
      { maxConnections: 2 },
    )
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(ask())))
    expect(new Set(codes)).toEqual(new Set(['ERR_POOL_CONNECT_TIMEOUT']))
    expect(most).toBe(2)
    await until(() => pool.stats().open === 0, patience)
    await until(() => openAt(server) === 0, patience)
    expect(opened.length).toBe(8)
  })

  test('opens a socket and never gives it: the place is free once that one has closed', async () => {
    const opened: Socket[] = []
    const { ask, pool, heal } = await scene((port) => void opened.push(to(port)))
    expect(await codeOf(ask())).toBe('ERR_POOL_CONNECT_TIMEOUT')
    expect(pool.stats().open).toBe(1)
    heal()
    const asked = ask()
    await sleep(100)
    expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
    opened[0]?.destroy()
    expect(await asked).toBe('ok')
    expect(pool.stats().open).toBe(1)
  })

  test('gives a socket long after the deadline: it is ended at once, and counts until it has closed', async () => {
    let give = (): void => {}
    const late = new net.Socket()
    const { ask, pool, heal } = await scene((port, done) => {
      give = () => {
        late.connect(port, '127.0.0.1')
        done(null, late)
      }
    })
    expect(await codeOf(ask())).toBe('ERR_POOL_CONNECT_TIMEOUT')
    expect(pool.stats().open).toBe(0)
    heal()
    give()
    expect(late.destroyed).toBe(true)
    expect(pool.stats()).toMatchObject({ open: 1, active: 1 })
    expect(await ask()).toBe('ok')
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1 })
  })

  test('fails long after the deadline: nothing comes of it', async () => {
    let fail = () => {}
    const { ask, pool, heal } = await scene((_, done) => {
      fail = () => done(failure(), null)
    })
    const error = await ask().catch((error: unknown) => error)
    expect(isPoolError(error, 'ERR_POOL_CONNECT_TIMEOUT')).toBe(true)
    heal()
    expect(await ask()).toBe('ok')
    fail()
    expect(await ask()).toBe('ok')
    expect(pool.stats()).toMatchObject({ open: 1, idle: 1, created: 2 })
  })

  test('is undici’s own: what is aborted before it is on the wire is not counted', async () => {
    const { origin, sockets } = await serve((_request, response) => void response.end('ok'))
    const pool = open(version)
    for (let i = 0; i < 20; i++) {
      const abort = new AbortController()
      const body = i % 2 === 0 ? undefined : (async function* () {})()
      const options = { signal: abort.signal, method: 'POST', body, dispatcher: pool.dispatcher }
      const asked = version.api.request(origin, options).catch(() => {})
      abort.abort()
      await asked
    }
    await until(() => pool.stats().open === 0, patience)
    expect(pool.stats().created).toBe(sockets.length)
    expect(await get(pool, origin)).toBe('ok')
    expect(pool.stats().created).toBe(sockets.length)
  })

  const atOnce: LookupFunction = (_hostname, { all }, callback) => {
    if (all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  }

  test.each([
    ['undici’s own', { connect: { lookup: atOnce } }],
    [
      'one of the caller’s',
      {
        connect: ({ hostname, port }: { hostname: string; port: string }, done: ConnectCallback) => {
          const socket = net.connect({ host: hostname, port: Number(port), lookup: atOnce }, () => done(null, socket))
          return socket
        },
      },
    ],
  ])('is %s, whose look-up answers at once: each socket is counted', async (_, native) => {
    const { port, sockets } = await serve((_request, response) => void response.end('ok'))
    const pool = open(version, { keepAlive: false }, native as never)
    for (let i = 0; i < 5; i++) expect(await get(pool, `http://a.test:${port}`)).toBe('ok')
    await until(() => pool.stats().open === 0, patience)
    expect(pool.stats()).toMatchObject({ created: 5, reused: 0 })
    expect(sockets.length).toBe(5)
  })

  test('is undici’s own, whose look-up answers at once: what is aborted is counted if it was on the wire', async () => {
    const { port, sockets } = await serve((_request, response) => void response.end('ok'))
    const pool = open(version, {}, { connect: { lookup: atOnce } })
    for (let turns = 0; turns < 10; turns++) {
      const abort = new AbortController()
      const asked = version.api
        .request(`http://a.test:${port}`, { signal: abort.signal, dispatcher: pool.dispatcher })
        .catch(() => {})
      for (let turn = 0; turn < turns; turn++) await null
      abort.abort()
      await asked
    }
    expect(await get(pool, `http://a.test:${port}`)).toBe('ok')
    await until(() => pool.stats().created === sockets.length, patience)
  })
})
