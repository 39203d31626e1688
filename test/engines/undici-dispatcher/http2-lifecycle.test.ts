import { spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import FakeTimers from '@sinonjs/fake-timers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { listenBy, open, until } from './harness.ts'
import { Census, codeOf, scene, tally, tapped, times, tls, undici8 } from './http2-harness.ts'

describe('a connection of HTTP/2 ends', () => {
  test('after keepAliveExpiry since its last stream', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ keepAliveExpiry: 100 })
    const running = get('/?hold=a')
    await arrived(1)
    await get('/?delay=150')
    expect(pool.stats()).toMatchObject({ open: 1, expired: 0 })
    await probe.release('a')
    await running
    await until(() => sockets.open === 0)
    expect(pool.stats()).toMatchObject({ open: 0, expired: 1 })
  })

  test('after maxRequestsPerConnection, when what runs on it is over', async () => {
    const { get, sockets, connections } = await scene({ maxRequestsPerConnection: 5, maxConnections: 2 })
    expect(tally(await Promise.allSettled(times(20, () => get('/?delay=5'))))).toEqual({ 200: 20 })
    expect((await connections()).map(({ requests }) => requests.length)).toEqual([5, 5, 5, 5])
    expect(sockets.peak).toBeLessThanOrEqual(2)
    await until(() => sockets.open === 0)
  })

  test('after maxLifetime, when what runs on it is over', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ maxLifetime: 400, keepAliveExpiry: '1h' })
    const running = get('/?hold=a')
    await arrived(1)
    while (sockets.opened === 1) await get('/?delay=5')
    expect(pool.stats()).toMatchObject({ open: 2, draining: 1, streams: { active: 1 } })
    await probe.release('a')
    expect(await running).toMatchObject({ status: 200 })
    await until(() => sockets.open === 0)
  })

  test('after one request with keepAlive: false, and so does one beyond the limit', async () => {
    const { get, connections, sockets } = await scene({ keepAlive: false })
    expect(tally(await Promise.allSettled(times(4, () => get())))).toEqual({ 200: 4 })
    expect((await connections()).map(({ requests }) => requests.length)).toEqual([1, 1, 1, 1])
    await until(() => sockets.open === 0)
    const beyond = await scene({ maxConnections: 1, maxStreamsPerConnection: 2, maxOverflow: 1 })
    const answers = times(3, () => beyond.get('/?hold=a'))
    await beyond.arrived(3)
    expect(beyond.sockets.open).toBe(2)
    await beyond.probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 3 })
    await until(() => beyond.sockets.open === 1)
  })

  test('with close: what runs and waits is answered first', async () => {
    const { get, pool, probe, arrived, sockets } = await scene({ maxConnections: 1, maxStreamsPerConnection: 3 })
    const answers = times(5, () => get('/?hold=a'))
    await arrived(3)
    const closed = pool.close()
    await expect(get()).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
    await closed
    expect(sockets).toMatchObject({ open: 0, opened: 1 })
  })

  test('with close, also if it is told to go away meanwhile', async () => {
    const { get, pool, probe, arrived, tell, sockets } = await scene({ maxConnections: 1 }, tapped)
    const answers = times(5, () => get('/?hold=a'))
    await arrived(5)
    const closed = pool.close()
    await tell({ do: 'goaway', kind: 'hard' })
    await arrived(10)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
    await closed
    expect(sockets).toMatchObject({ open: 0, peak: 1 })
  })

  test.each(['running', 'draining'] as const)('with destroy, while it is %s: all fail at once', async (state) => {
    const { get, pool, arrived, tell, sockets } = await scene({ maxConnections: 1, maxStreamsPerConnection: 20 })
    const answers = Promise.allSettled(times(30, () => get('/?hold=a')))
    await arrived(20)
    if (state === 'draining') {
      await tell({ do: 'goaway', kind: 'graceful' })
      await until(() => pool.stats().draining === 1)
    }
    await pool.destroy()
    expect(tally(await answers)).toEqual({ ERR_POOL_CLOSED: 30 })
    await until(() => sockets.open === 0)
  })

  test('with the process: idle ones do not keep it', async () => {
    const { url } = await scene()
    const code = `
      const { createPool } = await import(${JSON.stringify(new URL('../../../adapters/undici.ts', import.meta.url).href)})
      const { request } = await import('undici')
      const pool = createPool({ http2: true, keepAliveExpiry: '1h' }, { connect: { rejectUnauthorized: false } })
      await pool.preconnect(${JSON.stringify(url)}, 2)
      const answers = await Promise.all(Array.from({ length: 20 }, async () => (await request(${JSON.stringify(url)}, pool.options)).body.text()))
      console.log(answers.length, pool.stats().idle)
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: import.meta.dirname })
    let out = ''
    child.stdout.on('data', (data) => (out += String(data)))
    const [exit] = await once(child, 'close')
    expect([exit, out.trim()]).toEqual([0, '20 2'])
  })
})

describe('what has reached this host while its event loop was busy', () => {
  const block = (sign: string) => {
    while (!existsSync(sign)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    rmSync(sign)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)
  }

  test.each(['fin', 'rst'] as const)('%s: no POST is sent on an idle connection that has ended', async (how) => {
    for (let round = 0; round < 5; round++) {
      const { get, probe, sockets, origin } = await scene({ retryStale: false })
      await get()
      const sign = join(tmpdir(), `polypool-h2-${process.pid}-${Math.random()}`)
      await probe.endIdleLater(origin, how, 20, sign)
      block(sign)
      expect(await get('/', { method: 'POST', body: 'x' })).toMatchObject({ status: 200 })
      expect(sockets.opened).toBe(2)
    }
  })

  test.each(['graceful', 'hard'] as const)('GOAWAY, %s: whoever is sent then is answered', async (kind) => {
    for (let round = 0; round < 5; round++) {
      const { get, tell } = await scene({ retryStale: false }, kind === 'hard' ? tapped : {})
      await get()
      const told = tell({ do: 'goaway', kind })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      const answers = times(5, () => get('/', { method: 'POST', body: 'x' }))
      expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 5 })
      await told
    }
  })

  test('GOAWAY right behind the end of an answer: who waits for that stream does not take down those that run', async () => {
    for (let round = 0; round < 5; round++) {
      const { get, tell, probe, arrived, pool } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
      const running = get('/?hold=b')
      const ending = get('/?holdBody=a&size=9000')
      await arrived(2)
      const waiting = get('/', { method: 'POST', body: 'x' })
      expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
      const told = [probe.release('a'), tell({ do: 'goaway', kind: 'graceful' })]
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
      await Promise.all(told)
      expect(await ending).toMatchObject({ status: 200 })
      await probe.release('b')
      expect([await running, await waiting]).toMatchObject([{ status: 200 }, { status: 200 }])
    }
  })
})

describe('changed limits', () => {
  test('more or fewer streams, from now on', async () => {
    const { get, pool, probe, arrived } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2 })
    const answers = times(6, () => get('/?hold=a'))
    await arrived(2)
    pool.reconfigure({ maxStreamsPerConnection: 5 })
    await arrived(5)
    pool.reconfigure({ maxStreamsPerConnection: 1 })
    expect(pool.stats()).toMatchObject({ pending: 1, streams: { active: 5 } })
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 6 })
    expect(pool.stats().streams).toEqual({ active: 0, capacity: 1 })
  })

  test('http2 on and off, for connections that are opened from now on', async () => {
    const { get, pool, connections } = await scene({ http2: false })
    await get()
    pool.reconfigure({ http2: true, keepAlive: false })
    await get()
    pool.reconfigure({ keepAlive: true })
    await get()
    expect((await connections()).map(({ http2: spoken }) => spoken !== null)).toEqual([false, true, true])
    pool.reconfigure({ http2: false })
    expect(tally(await Promise.allSettled(times(5, () => get())))).toEqual({ 200: 5 })
  })

  test.each([
    ['false', { http2: true }, { http2: false }],
    ['"only"', { http2: false }, { http2: 'only' }],
  ] as const)('http2 set to %s: connections of the other protocol take no more requests', async (_, first, then) => {
    const { get, pool, probe, arrived, connections, sockets } = await scene({ ...first, maxConnections: 3 })
    const held = [get('/?hold=a'), get('/?hold=a')]
    await arrived(2)
    const before = sockets.opened
    pool.reconfigure(then)
    expect(await get('/?next=1')).toMatchObject({ status: 200 })
    await probe.release('a')
    expect(tally(await Promise.allSettled(held))).toEqual({ 200: 2 })
    await until(() => sockets.open === 1)
    expect(await get('/?last=1')).toMatchObject({ status: 200 })
    const speaks = (await connections()).map(({ http2, requests }) => [http2 !== null, requests.length])
    const wanted = then.http2 === 'only'
    expect(speaks.filter(([spoken]) => spoken === wanted)).toEqual([[wanted, 2]])
    expect(sockets.opened).toBe(before + 1)
  })

  test('http2 turned off closes an idle session', async () => {
    const { get, pool, sockets } = await scene()
    await get()
    pool.reconfigure({ http2: false })
    expect(pool.stats().idle).toBe(0)
    await until(() => sockets.open === 0)
  })
})

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

describe('streams that are the caller’s after an upgrade', () => {
  async function tunnels() {
    const server = http2.createSecureServer({ key: probeKey, cert: probeCertificate, settings: { enableConnectProtocol: true } })
    server.on('stream', (stream: http2.ServerHttp2Stream, headers) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200 })
      if (headers[':method'] === 'CONNECT') stream.pipe(stream)
      else stream.end('ok')
    })
    const sessions: http2.ServerHttp2Session[] = []
    server.on('session', (session) => void sessions.push(session))
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
    const sockets = new Census()
    const pool = open(undici8, { http2: true, maxConnections: 1, maxStreamsPerConnection: 2 }, tls)
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`
    const get = async () => (await undici8.api.request(origin, { dispatcher: pool.dispatcher })).body.text()
    return { origin, pool, get, sockets, sessions }
  }

  const echoes = async (socket: Duplex) => {
    socket.write('hello')
    const [data] = await once(socket, 'data')
    return String(data)
  }

  test.each(['CONNECT', 'websocket'] as const)(
    '%s: it keeps its slot until it ends, and the connection stays in the pool',
    async (kind) => {
      const { origin, pool, get, sockets } = await tunnels()
      await get()
      const ask = async (): Promise<Duplex> => {
        if (kind === 'CONNECT')
          return (await undici8.api.connect(origin, { dispatcher: pool.dispatcher, path: 'a.test:1' })).socket
        return (await undici8.api.upgrade(origin, { dispatcher: pool.dispatcher, protocol: 'websocket', path: '/' } as object))
          .socket
      }
      const first = await ask()
      expect(await echoes(first)).toBe('hello')
      expect(pool.stats()).toMatchObject({ open: 1, active: 1, upgraded: 0, streams: { active: 1, capacity: 2 } })
      const second = await ask()
      expect(pool.stats().streams.active).toBe(2)
      const waiting = get()
      expect(pool.stats().pending).toBe(1)
      first.destroy()
      expect(await waiting).toBe('ok')
      expect(await echoes(second)).toBe('hello')
      second.end()
      second.resume()
      await until(() => pool.stats().idle === 1)
      expect(pool.stats()).toMatchObject({ open: 1, streams: { active: 0 } })
      expect(sockets.opened).toBe(1)
    },
  )

  test('one outlives GOAWAY, and its connection counts as long', async () => {
    const { origin, pool, get, sockets, sessions } = await tunnels()
    const { socket } = await undici8.api.connect(origin, { dispatcher: pool.dispatcher, path: 'a.test:1' })
    sessions[0]?.goaway(0)
    await until(() => pool.stats().draining === 1)
    expect(await echoes(socket)).toBe('hello')
    const waiting = get()
    expect(pool.stats()).toMatchObject({ open: 1, pending: 1 })
    socket.destroy()
    expect(await waiting).toBe('ok')
    expect(sockets).toMatchObject({ peak: 1, opened: 2 })
  })

  test('a server that has no such streams refuses the request alone', async () => {
    const { url, pool, get, sockets } = await scene()
    const failed = undici8.api.upgrade(url, { dispatcher: pool.dispatcher, protocol: 'websocket', path: '/' } as object)
    expect(codeOf(await failed.catch((error: unknown) => error))).toBe('UND_ERR_INFO')
    const strange = undici8.api.upgrade(url, { dispatcher: pool.dispatcher, protocol: 'strange', path: '/' } as object)
    await expect(strange).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
    expect(await get()).toMatchObject({ status: 200 })
    await until(() => pool.stats().idle === 1)
    expect(sockets.opened).toBe(1)
  })
})
