import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import http2 from 'node:http2'
import FakeTimers from '@sinonjs/fake-timers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listenBy, until } from './harness.ts'
import { scene, tally, times, undici8 } from './http2-harness.ts'

describe('what callers see', () => {
  test('dispatch is false while requests wait, and drain follows; the stats of the dispatcher count streams', async () => {
    const { url, pool, probe, arrived } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
    const drained = once(pool.dispatcher, 'drain')
    const told = times(3, () => listenBy('modern'))
    const dispatch = (at: number) =>
      pool.dispatcher.dispatch({ origin: url, path: '/?hold=a', method: 'GET' }, told[at]?.handler as never)
    dispatch(0)
    await arrived(1)
    dispatch(1)
    await arrived(2)
    expect(dispatch(2)).toBe(false)
    const counts = () => (pool.dispatcher as unknown as { stats: { [origin: string]: object } }).stats[url]
    expect(counts()).toEqual({ connected: 1, free: 0, pending: 1, queued: 1, running: 2, size: 3 })
    await probe.release('a')
    await drained
    expect((await Promise.all(told.map(({ done }) => done))).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(counts()).toEqual({ connected: 1, free: 1, pending: 0, queued: 0, running: 0, size: 0 })
  })

  test('undici’s channels tell of one that waits when it is dispatched; what is added then is sent', async () => {
    const { url, pool, probe, get, arrived, connections } = await scene({ maxConnections: 1, maxStreamsPerConnection: 1 })
    const held = get('/?hold=a')
    await arrived(1)
    const created: string[] = []
    const onCreate = (message: unknown) => {
      const { request } = message as { request: { path: string; addHeader(name: string, value: string): void } }
      created.push(request.path)
      request.addHeader('x-trace', 'added')
    }
    subscribe('undici:request:create', onCreate)
    onTestFinished(() => void unsubscribe('undici:request:create', onCreate))
    const waits = get('/?waits=1')
    expect([created, pool.stats().pending]).toEqual([['/?waits=1'], 1])
    await probe.release('a')
    await Promise.all([held, waits])
    expect(created).toEqual(['/?waits=1'])
    const requests = (await connections()).flatMap((connection) => connection.requests)
    expect(requests.map(({ headers }) => headers['x-trace'])).toEqual([undefined, 'added'])
    expect(url).toContain('https')
  })

  test('what a tracer has put on each session is called for each request, and what it throws fails it', async () => {
    const { connect } = http2
    onTestFinished(() => void Object.assign(http2, { connect }))
    const thrown = new TypeError('HTTP/1 Connection specific headers are forbidden: "http2-settings"')
    const traced: unknown[] = []
    Object.assign(http2, {
      connect(...given: Parameters<typeof connect>) {
        const session = connect(...given)
        const { request } = session
        session.request = (headers, options) => {
          const { ':path': path } = headers as http2.OutgoingHttpHeaders
          traced.push(path)
          if (path === '/?throws') throw thrown
          return request.call(session, { ...headers, 'x-trace': 'added' }, options)
        }
        return session
      },
    })
    const { get, connections, pool } = await scene()
    await get('/?n=1')
    await expect(get('/?throws')).rejects.toMatchObject({ code: 'UND_ERR_INFO', cause: thrown })
    await get('/?n=2')
    // Once more on a connection that had served nobody: undici has ended the one that it was tried on.
    expect(traced).toEqual(['/?n=1', '/?throws', '/?throws', '/?n=2'])
    const requests = (await connections()).flatMap((connection) => connection.requests)
    expect(requests.map(({ headers }) => headers['x-trace'])).toEqual(['added', 'added'])
    await until(() => pool.stats().active === 0)
  })

  test('a MockAgent over a pool sends what it lets through', async () => {
    const { url, pool, connections } = await scene()
    const mock = new undici8.api.MockAgent({ agent: pool.dispatcher })
    mock.get(url).intercept({ path: '/mocked' }).reply(200, 'mocked')
    const ask = async (path: string) => {
      const { body } = await undici8.api.request(url + path, { dispatcher: mock })
      return body.text()
    }
    expect(await Promise.all([ask('/mocked'), ask('/?size=2'), ask('/?size=2')])).toEqual(['mocked', 'ok', 'ok'])
    expect((await connections()).map(({ http2: spoken }) => spoken?.streams)).toEqual([2])
  })

  test('under faked timers', async () => {
    const { get, pool, arrived, probe, sockets } = await scene({ keepAliveExpiry: 300 })
    for (const when of ['before', 'after'] as const) {
      if (when === 'after') await get()
      const clock = FakeTimers.install({
        toFake: ['setImmediate', 'setTimeout', 'setInterval', 'performance', 'Date'],
      })
      try {
        const answers = [get('/?delay=50'), get('/', { method: 'POST', body: 'x' }), get('/?delay=250')]
        expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 3 })
      } finally {
        clock.uninstall()
      }
    }
    const running = get('/?hold=a')
    await arrived(8)
    await probe.release('a')
    await running
    await until(() => sockets.open === 0)
    expect(pool.stats()).toMatchObject({ open: 0, expired: pool.stats().created })
  })

  test.each(['modern', 'legacy'] as const)('a %s handler', async (generation) => {
    const { url, pool } = await scene()
    const { handler, done, events } = listenBy(generation)
    pool.dispatcher.dispatch({ origin: url, path: '/?size=3&interim=1', method: 'GET' }, handler)
    expect(await done).toEqual({ status: 200, body: 'oko' })
    expect(events).toEqual(['start', 'headers 102', 'headers 200', 'end'])
  })
})
