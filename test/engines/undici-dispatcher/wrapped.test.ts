import { once } from 'node:events'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { PoolDispatcher } from '../../../src/engines/undici-dispatcher/dispatcher.ts'
import { Gate, type Native, open, serve, sleep, type TestPool, until, versions } from './harness.ts'

const wrappings = {
  'compose(…)': (dispatcher: PoolDispatcher) =>
    (dispatcher as unknown as Native).compose(
      (dispatch) =>
        ((options: never, handler: never) =>
          (dispatch as (options: never, handler: never) => boolean)(options, handler)) as never,
    ) as unknown as PoolDispatcher,
  'new Proxy(…)': (dispatcher: PoolDispatcher) => new Proxy(dispatcher, {}),
  'Object.create(…)': (dispatcher: PoolDispatcher) => Object.create(dispatcher) as PoolDispatcher,
}

const ends: { readonly [name: string]: (dispatcher: PoolDispatcher) => PromiseLike<unknown> } = {
  'close()': (dispatcher) => dispatcher.close(),
  'close(callback)': (dispatcher) => new Promise((resolve) => dispatcher.close(resolve)),
  'destroy()': (dispatcher) => dispatcher.destroy(),
  'destroy(error)': (dispatcher) => dispatcher.destroy(new Error('enough')),
  'destroy(callback)': (dispatcher) => new Promise((resolve) => dispatcher.destroy(resolve)),
  'destroy(error, callback)': (dispatcher) => new Promise((resolve) => dispatcher.destroy(new Error('enough'), resolve)),
  'Symbol.asyncDispose': (dispatcher) => dispatcher[Symbol.asyncDispose](),
}

describe.each(versions)('$name', (version) => {
  const { api } = version
  const get = async (dispatcher: object, url: string) => (await api.request(url, { dispatcher })).body.text()
  const answer = () => serve((request, response) => void response.end(request.url))

  describe.each(Object.entries(wrappings))('a dispatcher in %s', (_name, wrap) => {
    test('sends, tells and shows what the dispatcher itself does', async () => {
      const { origin } = await answer()
      const pool = open(version)
      const wrapped = wrap(pool.dispatcher)
      expect(wrapped).toBeInstanceOf(api.Dispatcher)
      const connected = once(wrapped, 'connect')
      expect(await get(wrapped, `${origin}/a`)).toBe('/a')
      expect(String((await connected)[0])).toBe(`${origin}/`)
      expect(await (await api.fetch(`${origin}/b`, { dispatcher: wrapped })).text()).toBe('/b')
      expect(pool.stats()).toMatchObject({ created: 1, reused: 1 })
      expect(wrapped.stats).toEqual(pool.dispatcher.stats)
      expect([wrapped.closed, wrapped.destroyed]).toEqual([false, false])
      await wrapped.close()
      expect([wrapped.closed, wrapped.destroyed]).toEqual([true, true])
      await expect(get(wrapped, origin)).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    })

    test.each(Object.entries(ends))('ends by %s', async (_end, end) => {
      const { origin } = await answer()
      const pool = open(version)
      const wrapped = wrap(pool.dispatcher)
      await get(wrapped, origin)
      await end(wrapped)
      expect(pool.stats().open).toBe(0)
      expect(pool.dispatcher.destroyed).toBe(true)
    })
  })

  test('a dispatcher shows no options in a log, and can’t be made anew', () => {
    const { dispatcher } = open(version, {}, { connect: { passphrase: 'secret' } })
    expect(inspect(dispatcher, { depth: 20 })).not.toContain('secret')
    const Made = dispatcher.constructor as new () => unknown
    expect(() => new Made()).toThrow(expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED' }))
  })

  test('stats are those of an Agent', async () => {
    const gate = new Gate()
    const { origin } = await serve(gate.listener)
    const agent = new api.Agent({ connections: 2, pipelining: 1 })
    const pool = open(version, { maxConnectionsPerHost: 2 })
    const seen = []
    for (const dispatcher of [agent, pool.dispatcher] as const) {
      const requests = [1, 2, 3].map(() => get(dispatcher, `${origin}/held`))
      await until(() => gate.waiting === 2)
      seen.push(dispatcher.stats)
      gate.open()
      await until(() => gate.waiting === 1)
      gate.open()
      await Promise.all(requests)
      await sleep(5)
      seen.push(dispatcher.stats)
    }
    await agent.close()
    const [busy, idle, busyPool, idlePool] = seen.map((stats) => ({ ...stats?.[origin] }))
    expect(busyPool).toEqual(busy)
    expect(idlePool).toEqual(idle)
    expect(pool.dispatcher.stats[origin]).toEqual({ connected: 2, free: 2, pending: 0, queued: 0, running: 0, size: 0 })
  })

  test('a RetryAgent retries on it', async () => {
    let failures = 2
    const { origin, seen } = await serve((_request, response) => void response.writeHead(failures-- > 0 ? 503 : 200).end('ok'))
    const pool = open(version)
    const agent = new api.RetryAgent(pool.dispatcher, { maxRetries: 3, minTimeout: 1 })
    expect(await get(agent, origin)).toBe('ok')
    expect(seen.length).toBe(3)
    expect(pool.stats()).toMatchObject({ open: 1, active: 0 })
    await agent.close()
    expect(pool.dispatcher.destroyed).toBe(true)
  })

  describe('a MockAgent on it', () => {
    const mocked = (pool: TestPool) => new api.MockAgent({ agent: pool.dispatcher })
    const modes = {
      request: get,
      fetch: async (dispatcher: object, url: string) => (await api.fetch(url, { dispatcher })).text(),
    }

    test.each(Object.entries(modes))(
      'answers what it intercepts, and lets the rest through to the pool: %s',
      async (_mode, send) => {
        const { origin, seen } = await answer()
        const pool = open(version, { maxConnections: 1 })
        const agent = mocked(pool)
        agent.get(origin).intercept({ path: '/mocked' }).reply(200, 'mock')
        expect(await send(agent, `${origin}/mocked`)).toBe('mock')
        expect(pool.stats().created).toBe(0)
        expect(await Promise.all([1, 2, 3].map((n) => send(agent, `${origin}/${n}`)))).toEqual(['/1', '/2', '/3'])
        expect(seen.length).toBe(3)
        expect(pool.stats()).toMatchObject({ created: 1, reused: 2 })
        agent.deactivate()
        expect(await send(agent, `${origin}/mocked`)).toBe('/mocked')
        expect(pool.stats()).toMatchObject({ created: 1, reused: 3 })
        await agent.close()
        expect(pool.dispatcher.destroyed).toBe(true)
      },
    )

    test('lets nothing through if told so, for handlers of undici too', async () => {
      const { origin, seen } = await answer()
      const pool = open(version)
      const agent = mocked(pool)
      agent.disableNetConnect()
      agent.get(origin).intercept({ path: '/mocked' }).reply(200, 'mock').persist()
      const composed = agent.compose(api.interceptors.retry({ maxRetries: 0 }))
      expect(await get(composed, `${origin}/mocked`)).toBe('mock')
      await expect(get(composed, `${origin}/other`)).rejects.toThrow('net.connect disabled')
      expect(seen).toEqual([])
      expect(pool.stats().created).toBe(0)
    })
  })
})
