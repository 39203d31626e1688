import { AsyncLocalStorage } from 'node:async_hooks'
import net from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Controller, Handler } from '../../../src/engines/undici-dispatcher/peer.ts'
import { isPoolError } from '../../../src/errors.ts'
import { Gate, generations, listenBy, open, serve, sleep, stopwatch, until, versions } from './harness.ts'

/** Native options with which a connection is never established. */
const stalled = { connect: (_options: unknown, _callback: unknown) => new net.Socket() }

describe.each(versions)('$name', (version) => {
  const { api } = version

  async function full(config = {}) {
    const gate = new Gate()
    const server = await serve(gate.listener)
    const pool = open(version, { maxConnections: 1, ...config })
    const held = api.request(`${server.origin}/held`, { dispatcher: pool.dispatcher }).then(({ body }) => body.text())
    await until(() => gate.waiting === 1)
    return { ...server, gate, pool, held, dispatcher: pool.dispatcher }
  }

  describe.each(generations)('a %s handler', (generation) => {
    test('aborts at once while it waits, and is never sent', async () => {
      const { origin, dispatcher, pool, gate, held, seen } = await full()
      const told = listenBy(generation)
      expect(dispatcher.dispatch({ origin, path: '/never', method: 'GET' }, told.handler)).toBe(false)
      await sleep(20)
      expect(pool.stats().pending).toBe(1)
      const reason = new Error('changed my mind')
      const elapsed = stopwatch()
      told.abort(reason)
      expect((await told.done).error).toBe(reason)
      expect(elapsed()).toBeLessThan(50)
      expect(pool.stats()).toMatchObject({ pending: 0, aborted: 1 })
      gate.open()
      await held
      expect(told.events).toEqual(['start', 'error'])
      expect(seen).toEqual(['GET /held'])
    })

    test('aborts at once while it connects, and the place is free', async () => {
      const pool = open(version, { maxConnections: 1 }, stalled)
      const told = listenBy(generation)
      pool.dispatcher.dispatch({ origin: 'http://localhost:1', path: '/', method: 'GET' }, told.handler)
      await sleep(20)
      expect(pool.stats()).toMatchObject({ open: 1 })
      told.abort(new Error('changed my mind'))
      expect((await told.done).error?.message).toBe('changed my mind')
      await until(() => pool.stats().open === 0)
    })

    test('aborts in its very start', async () => {
      const { origin, dispatcher, gate, held, pool, seen } = await full()
      for (const path of ['/waiting', '/idle']) {
        const told = listenBy(generation)
        const name = generation === 'legacy' ? 'onConnect' : 'onRequestStart'
        const handler = told.handler as unknown as { [name: string]: (by: unknown) => void }
        const start = handler[name] as (by: unknown) => void
        handler[name] = (by) => {
          start(by)
          told.abort(new Error('already'))
        }
        dispatcher.dispatch({ origin, path, method: 'GET' }, told.handler)
        expect((await told.done).error?.message).toBe('already')
        gate.open()
        await held
      }
      expect(seen).toEqual(['GET /held'])
      await until(() => pool.stats().active === 0)
    })

    test('that was granted a used connection and aborts before it is written leaves that connection open', async () => {
      const { origin, sockets, seen } = await serve((request, response) => void response.end(request.url))
      const pool = open(version, { maxConnections: 1 })
      const first = listenBy(generation)
      const told = listenBy(generation)
      const name = generation === 'legacy' ? 'onComplete' : 'onResponseEnd'
      const handler = first.handler as unknown as { [name: string]: () => void }
      const end = handler[name] as () => void
      handler[name] = () => {
        // By now the waiting request has the connection.
        expect(pool.stats()).toMatchObject({ pending: 0, active: 1 })
        told.abort(new Error('late'))
        end()
      }
      pool.dispatcher.dispatch({ origin, path: '/first', method: 'GET' }, first.handler)
      pool.dispatcher.dispatch({ origin, path: '/never', method: 'GET' }, told.handler)
      await first.done
      expect((await told.done).error?.message).toBe('late')
      await until(() => pool.stats().idle === 1)
      await (await api.request(`${origin}/after`, { dispatcher: pool.dispatcher })).body.text()
      expect(sockets.length).toBe(1)
      expect(seen).toEqual(['GET /first', 'GET /after'])
    })

    test('that aborts in its very start opens nothing', async () => {
      const pool = open(version, {}, stalled)
      const told = listenBy(generation)
      const name = generation === 'legacy' ? 'onConnect' : 'onRequestStart'
      const handler = told.handler as unknown as { [name: string]: (by: unknown) => void }
      const start = handler[name] as (by: unknown) => void
      handler[name] = (by) => {
        start(by)
        told.abort(new Error('already'))
      }
      pool.dispatcher.dispatch({ origin: 'http://localhost:1', path: '/', method: 'GET' }, told.handler)
      expect((await told.done).error?.message).toBe('already')
      expect(pool.stats()).toMatchObject({ created: 0, open: 0 })
    })
  })

  test('what a stand-in was told is carried over to the real controller', async () => {
    const { origin, dispatcher, gate, held } = await full()
    const events: string[] = []
    let controller: Controller | undefined
    let begun = () => {}
    const answered = new Promise<void>((resolve) => {
      begun = resolve
    })
    const done = new Promise<void>((resolve) => {
      const handler: Handler = {
        onRequestStart(given) {
          controller = given
          given.pause()
        },
        onResponseStart(given) {
          events.push(`headers ${given === controller}`)
          // Its body came with them, and would be told before this runs.
          setImmediate(() => setImmediate(begun))
        },
        onResponseData: () => void events.push('data'),
        onResponseEnd: () => resolve(),
        onResponseError() {},
      }
      dispatcher.dispatch({ origin, path: '/paused', method: 'GET' }, handler)
    })
    expect(controller).toMatchObject({ paused: true, aborted: false, reason: null, rawHeaders: null })
    gate.open()
    await held
    await answered
    expect(events).toEqual(['headers true'])
    expect((controller as Controller).rawHeaders).toContainEqual(Buffer.from('Connection'))
    controller?.resume()
    await done
    expect(events).toEqual(['headers true', 'data'])
  })

  test('a signal ends a request in any state of waiting', async () => {
    const { origin, dispatcher, gate, held, seen, pool } = await full()
    const elapsed = stopwatch()
    const results = await Promise.allSettled([
      api.request(`${origin}/never`, { dispatcher, signal: AbortSignal.abort() }),
      api.request(`${origin}/never`, { dispatcher, signal: AbortSignal.timeout(30) }),
      api.request(`${origin}/never`, { dispatcher, signal: AbortSignal.timeout(30), method: 'POST', body: Readable.from(['a']) }),
      fetch(`${origin}/never`, { dispatcher: dispatcher as never, signal: AbortSignal.timeout(30) }),
      api.fetch(`${origin}/never`, { dispatcher, signal: AbortSignal.timeout(30) }),
    ])
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    expect(elapsed()).toBeLessThan(150)
    expect(pool.stats().pending).toBe(0)
    gate.open()
    await held
    expect(seen).toEqual(['GET /held'])
  })

  test('a body that fails while its request waits ends the request', async () => {
    const { origin, dispatcher, gate, held, seen, pool } = await full()
    const body = new PassThrough()
    const told = listenBy('modern')
    dispatcher.dispatch({ origin, path: '/never', method: 'POST', body }, told.handler)
    const reason = new Error('no more bytes')
    body.destroy(reason)
    expect((await told.done).error).toBe(reason)
    expect(pool.stats().pending).toBe(0)
    gate.open()
    await held
    expect(seen).toEqual(['GET /held'])
    expect(body.listenerCount('error')).toBe(0)
  })

  test('a body that was waited with is sent', async () => {
    const { origin, dispatcher, gate, held, seen } = await full()
    const body = Readable.from(['a', 'b'])
    const answer = api.request(`${origin}/posted`, { dispatcher, method: 'POST', body })
    gate.open()
    await held
    await (await answer).body.text()
    expect(seen).toEqual(['GET /held', 'POST /posted'])
    // undici itself leaves one there.
    expect(body.listenerCount('error')).toBeLessThanOrEqual(1)
  })

  test('the acquire timeout, a full queue and a full pool reach the handler as they are', async () => {
    const { origin, dispatcher, gate, held, pool } = await full({ acquireTimeout: 50, maxPending: 1 })
    const ask = (path: string) => api.request(origin + path, { dispatcher }).catch((error: unknown) => error)
    const [late, refused] = await Promise.all([ask('/late'), ask('/refused')])
    expect(isPoolError(late, 'ERR_POOL_ACQUIRE_TIMEOUT')).toBe(true)
    expect(isPoolError(refused, 'ERR_POOL_QUEUE_FULL')).toBe(true)
    pool.reconfigure({ block: false, maxOverflow: 0 })
    expect(isPoolError(await ask('/full'), 'ERR_POOL_FULL')).toBe(true)
    const wrapped = await fetch(`${origin}/full`, { dispatcher: dispatcher as never }).catch((error: unknown) => error)
    expect(isPoolError(wrapped, 'ERR_POOL_FULL')).toBe(true)
    gate.open()
    await held
  })

  test("a request that waited goes on in its caller's async context", async () => {
    const { origin, dispatcher, gate, held } = await full()
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    async function* body() {
      seen.push(storage.getStore())
      yield 'x'
    }
    const sent = storage.run('caller', () => {
      const told = listenBy('legacy')
      dispatcher.dispatch({ origin, path: '/', method: 'POST', body: body() }, told.handler)
      return told.done
    })
    const failing = storage.run('failing', () => {
      const told = listenBy('modern')
      const { handler } = told as { handler: Handler }
      const { onResponseError } = handler
      handler.onResponseError = (controller, error) => {
        seen.push(storage.getStore())
        onResponseError?.(controller, error)
      }
      dispatcher.dispatch({ origin, path: '/', method: 'GET' }, handler)
      return told.done
    })
    storage.run('server', () => gate.open())
    await held
    await sent
    await failing
    expect(seen).toEqual(['caller'])
    const waiting = storage.run('destroyed', async () => {
      const held = api.request(`${origin}/held`, { dispatcher }).catch(() => {})
      await until(() => gate.waiting === 1)
      const told = listenBy('modern')
      ;(told.handler as Handler).onResponseError = () => void seen.push(storage.getStore())
      dispatcher.dispatch({ origin, path: '/', method: 'GET' }, told.handler)
      return held
    })
    await until(() => gate.waiting === 1)
    await storage.run('destroyer', () => dispatcher.destroy())
    await waiting
    expect(seen).toEqual(['caller', 'destroyed'])
  })

  test('a handler that throws does not stop the others from being served', async () => {
    const { origin, dispatcher, gate, held } = await full({ acquireTimeout: 30 })
    const thrown: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => thrown.push(error))
    try {
      const told = [1, 2, 3].map(() => listenBy('modern'))
      ;(told[0]?.handler as Handler).onResponseError = () => {
        throw new Error('boom')
      }
      for (const { handler } of told) dispatcher.dispatch({ origin, path: '/', method: 'GET' }, handler)
      const ends = await Promise.all(told.slice(1).map(({ done }) => done))
      expect(ends.map(({ error }) => isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT'))).toEqual([true, true])
      expect(thrown).toEqual([expect.objectContaining({ message: 'boom' })])
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
    gate.open()
    await held
  })

  test('dispatch says when to wait for drain, and drain comes once nobody waits', async () => {
    const { origin, dispatcher, gate, held } = await full()
    const drained: unknown[][] = []
    dispatcher.on('drain', (...args: unknown[]) => drained.push(args))
    const told = [1, 2, 3].map(() => listenBy('modern'))
    const options = { origin, path: '/', method: 'GET' }
    expect(told.map(({ handler }) => dispatcher.dispatch(options, handler))).toEqual([false, false, false])
    expect(drained).toEqual([])
    gate.open()
    await held
    await Promise.all(told.map(({ done }) => done))
    expect(drained).toEqual([[new URL(origin), [dispatcher]]])
    const after = listenBy('modern')
    expect(dispatcher.dispatch(options, after.handler)).toBe(true)
    await after.done
    expect(drained.length).toBe(1)
  })
})
