import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { undiciSupport } from '../../../src/clients/undici/support.ts'
import { openPool } from '../../../src/engines/open-pool.ts'
import { openDispatcher } from '../../../src/engines/undici-dispatcher/open-dispatcher.ts'
import { isPoolError } from '../../../src/errors.ts'
import { Gate, listenBy, type Native, open, serve, type TestPool, until, versions } from './harness.ts'

interface Told {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly origin: string
    addHeader(name: string, value: string): void
  }
  readonly error?: Error
}

interface Event extends Told {
  readonly event: string
}

const events = ['create', 'bodySent', 'headers', 'trailers', 'error'] as const

/** What undici's channels tell of requests, in order. */
function watch(onCreate: (told: Told) => void = () => {}): Event[] {
  const seen: Event[] = []
  for (const event of events) {
    const listener = (message: unknown) => {
      seen.push({ event, ...(message as Told) })
      if (event === 'create') onCreate(message as Told)
    }
    subscribe(`undici:request:${event}`, listener)
    onTestFinished(() => void unsubscribe(`undici:request:${event}`, listener))
  }
  return seen
}

const of = (seen: readonly Event[], path: string) => seen.filter(({ request }) => request.path === path)

describe.each(versions)('$name', (version) => {
  const { api, peer } = version

  /** A pool of one connection, which is held. */
  async function full(config: object = {}) {
    const gate = new Gate()
    const headers: unknown[] = []
    const server = await serve((request, response) => {
      headers.push(request.headers['x-trace'])
      gate.listener(request, response)
    })
    const pool = open(version, { maxConnections: 1, ...config })
    const held = api.request(`${server.origin}/held`, { dispatcher: pool.dispatcher }).then(({ body }) => body.text())
    held.catch(() => {})
    await until(() => gate.waiting === 1)
    return { gate, headers, held, pool, ...server }
  }

  describe.each(['GET', 'POST', 'HEAD'])('a %s that waits', (method) => {
    test('is told of when it is dispatched, and once; what is added then is sent', async () => {
      const { gate, headers, held, origin, pool } = await full()
      const seen = watch(({ request }) => request.addHeader('x-trace', 'added'))
      const body = method === 'POST' ? Readable.from(['x']) : null
      const sent = api.request(`${origin}/waits`, { dispatcher: pool.dispatcher, method, body })
      expect(of(seen, '/waits').map(({ event }) => event)).toEqual(['create'])
      expect(pool.stats().pending).toBe(1)
      expect(seen[0]?.request).toMatchObject({ method, origin, path: '/waits' })
      gate.open()
      await Promise.all([held, sent.then((response) => response.body.dump())])
      const told = of(seen, '/waits')
      expect(told.map(({ event }) => event).sort()).toEqual(['bodySent', 'create', 'headers', 'trailers'])
      expect(new Set(told.map(({ request }) => request)).size).toBe(1)
      expect(headers).toEqual([undefined, 'added'])
      expect(pool.stats()).toMatchObject({ created: 1, reused: 1 })
    })
  })

  const deaths: { readonly [name: string]: (pool: TestPool, abort: AbortController) => void } = {
    'by its deadline': () => {},
    'by an abort': (_pool, abort) => abort.abort(),
    'by destroy': (pool) => void pool.destroy(),
    'by destroy with an error': (pool) => void pool.dispatcher.destroy(new Error('enough')),
  }

  test.each(Object.entries(deaths))('the death of a request that waits is told, once: %s', async (name, die) => {
    const { origin, pool } = await full({ acquireTimeout: name === 'by its deadline' ? 50 : 'unlimited' })
    const seen = watch()
    const abort = new AbortController()
    const body = new Readable({ read() {} })
    body.on('error', () => {})
    const sent = api.request(`${origin}/dies`, { dispatcher: pool.dispatcher, method: 'POST', body, signal: abort.signal })
    die(pool, abort)
    const error = await sent.then(
      () => undefined,
      (error: Error) => error,
    )
    expect(error).toBeInstanceOf(Error)
    const told = of(seen, '/dies')
    expect(told.map(({ event }) => event)).toEqual(['create', 'error'])
    expect(told[1]?.request).toBe(told[0]?.request)
    expect(told[1]?.error).toBe(error)
    expect(body.listenerCount('end')).toBe(0)
  })

  test('a request that is refused as too many wait is told of, too', async () => {
    const { origin, pool } = await full({ maxPending: 0 })
    const seen = watch()
    const error: unknown = await api.request(`${origin}/x`, { dispatcher: pool.dispatcher }).catch((error: unknown) => error)
    expect(isPoolError(error, 'ERR_POOL_QUEUE_FULL')).toBe(true)
    expect(seen.map(({ event }) => event)).toEqual(['create', 'error'])
  })

  test('a request that is aborted while it connects is told of with the reason, once', async () => {
    const pool = open(version, {}, { connect: () => new EventEmitter() })
    const seen = watch()
    const abort = new AbortController()
    const sent = api.request('http://localhost/x', { dispatcher: pool.dispatcher, signal: abort.signal })
    const reason = new Error('changed my mind')
    abort.abort(reason)
    await expect(sent).rejects.toBe(reason)
    await until(() => seen.length >= 2)
    expect(seen.map(({ event, error }) => [event, error])).toEqual([
      ['create', undefined],
      ['error', reason],
    ])
  })

  const bad: { readonly [name: string]: object } = {
    path: { path: 'no-slash' },
    'path with a space': { path: '/a b' },
    method: { method: 'G T' },
    header: { headers: { 'x-a': 'line\nbreak' } },
    'header name': { headers: { 'x a': 'b' } },
    'header list': { headers: ['x-a'] },
    'transfer-encoding': { headers: { 'transfer-encoding': 'chunked' } },
    expect: { headers: { expect: '100-continue' } },
    'content-length': { headers: { 'content-length': 'many' } },
    body: { method: 'POST', body: 5 },
    'body function': { method: 'POST', body: () => {} },
    upgrade: { upgrade: 5 },
    headersTimeout: { headersTimeout: -1 },
    bodyTimeout: { bodyTimeout: 'x' },
    reset: { reset: 'x' },
    throwOnError: { throwOnError: true },
  }

  test.each(Object.entries(bad))('what undici refuses is refused before the request waits: %s', async (_name, options) => {
    const { gate, held, origin, pool, seen } = await full()
    const agent = new api.Agent({})
    const refused = async (dispatcher: Native | TestPool['dispatcher']) => {
      const told = listenBy(peer.major === 8 ? 'modern' : 'legacy')
      dispatcher.dispatch({ origin, path: '/bad', method: 'GET', ...options } as never, upgradable(told.handler) as never)
      // At once, not when a connection is free.
      expect(told.events).toEqual(['error'])
      const { name, message, code } = (await told.done).error as Error & { code?: string }
      return { name, message, code }
    }
    expect(await refused(pool.dispatcher)).toEqual(await refused(agent))
    expect(pool.stats().pending).toBe(0)
    gate.open()
    await held
    await until(() => pool.stats().idle === 1)
    // The same on a connection that is looked at before a request which can't be repeated is written there.
    expect(await refused(pool.dispatcher)).toEqual(await refused(agent))
    await until(() => pool.stats().idle === 1)
    expect(seen).toEqual(['GET /held'])
    expect(pool.stats()).toMatchObject({ open: 1, active: 0 })
    await agent.close()
  })

  test('requests wait all the same on an undici in which nothing of that is found', async () => {
    const bare = { ...peer, symbols: { ...peer.symbols, client: undefined, clients: undefined } }
    const pool = openPool(undiciSupport('undici'), { maxConnections: 1 }, {}, (core) => openDispatcher(core, bare))
    const { origin } = await serve((request, response) => void response.end(request.url))
    const texts = [1, 2, 3].map(async (n) => (await api.request(`${origin}/${n}`, { ...pool.options })).body.text())
    expect(await Promise.all(texts)).toEqual(['/1', '/2', '/3'])
    expect(pool.stats()).toMatchObject({ created: 1, reused: 2 })
    await pool.destroy()
  })
})

function upgradable(handler: object): object {
  return { ...handler, onUpgrade() {}, onRequestUpgrade() {} }
}
