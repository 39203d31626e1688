import type net from 'node:net'
import tlsModule from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import type { Alpn } from '../../../cli/src/conformance/probe/types.ts'
import { supportWith } from '../../../src/clients/undici/peer.ts'
import { undiciSupport } from '../../../src/clients/undici/support.ts'
import { openPool } from '../../../src/engines/open-pool.ts'
import { openDispatcher } from '../../../src/engines/undici-dispatcher/open-dispatcher.ts'
import type { ConnectCallback } from '../../../src/engines/undici-dispatcher/peer.ts'
import { platformLosing } from '../../../src/engines/undici-dispatcher/peer-of.ts'
import { open, until, type Version, versions } from './harness.ts'
import { Census, scene, tally, times, tls, undici8 } from './http2-harness.ts'

const undici7 = versions[1] as Version

describe('what a server speaks', () => {
  test.each<[string, readonly Alpn[]]>([
    ['chooses HTTP/1.1', ['http/1.1']],
    ['knows no ALPN', []],
  ])('one that %s is spoken to in that, on as many connections as it needs', async (_, alpn) => {
    const { get, pool, probe, connections, sockets, arrived } = await scene({ maxConnections: 5 }, { server: { alpn } })
    const answers = times(8, () => get('/?hold=a'))
    await arrived(5)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 8 })
    expect(sockets).toMatchObject({ peak: 5, opened: 5 })
    expect((await connections()).flatMap(({ requests }) => requests.map(({ httpVersion }) => httpVersion))).toEqual(
      times(8, () => '1.1'),
    )
    expect(pool.stats().streams).toEqual({ active: 0, capacity: 0 })
  })

  test('both behind one name', async () => {
    const { get, probe, sockets, arrived } = await scene(
      { maxConnections: 3 },
      { server: { alpn: ['http/1.1', 'h2', 'http/1.1'] } },
    )
    const answers = times(20, () => get('/?hold=a'))
    await arrived(20)
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 20 })
    expect(sockets.peak).toBeLessThanOrEqual(3)
  })

  test('http origins are spoken to in HTTP/1.1, unless it is "only"', async () => {
    const { get, connections, sockets } = await scene({ http2: 'only' }, { scheme: 'http' })
    expect(tally(await Promise.allSettled(times(10, () => get())))).toEqual({ 200: 10 })
    expect((await connections()).map(({ http2 }) => http2?.streams)).toEqual([10])
    expect(sockets.opened).toBe(1)
    const plain = await scene({ http2: true }, { scheme: 'http', server: false })
    expect(await plain.get()).toMatchObject({ status: 200 })
  })

  test('a server of HTTP/1.1 by prior knowledge fails the request', async () => {
    const { get, pool, sockets } = await scene({ http2: 'only' }, { scheme: 'http', server: false })
    await expect(get()).rejects.toThrow()
    await until(() => pool.stats().open === 0)
    expect(sockets).toMatchObject({ open: 0, opened: 1 })
  })

  test.each<[string, readonly Alpn[], string]>([
    ['chooses HTTP/1.1', ['http/1.1'], 'http/1.1'],
    ['knows no ALPN', [], 'no ALPN'],
  ])("'only' and a server that %s: an error that says so, at once, and nothing is left", async (_, alpn, said) => {
    const { url, get, pool, sockets, connections } = await scene({ http2: 'only', maxConnections: 2 }, { server: { alpn } })
    const failures = await Promise.allSettled(times(5, () => get()))
    expect(tally(failures)).toEqual({ ERR_POOL_UNSUPPORTED: 5 })
    await expect(get()).rejects.toMatchObject({ origin: url, message: expect.stringContaining(`http2: 'only' for ${url}`) })
    await expect(get()).rejects.toThrow(said)
    await until(() => pool.stats().open === 0)
    expect(sockets.open).toBe(0)
    expect(sockets.peak).toBeLessThanOrEqual(2)
    expect((await connections()).flatMap(({ requests }) => requests)).toEqual([])
    expect(await pool.preconnect(url)).toBe(0)
    await until(() => sockets.open === 0)
  })

  test('is for one host to say', async () => {
    const strict = { http2: 'only' } as const
    const { get } = await scene({ http2: false, hosts: { localhost: strict } }, { server: { alpn: ['http/1.1'] } })
    await expect(get()).rejects.toMatchObject({ code: 'ERR_POOL_UNSUPPORTED' })
    const other = await scene({ http2: 'only', hosts: { localhost: { http2: false } } })
    expect(await other.get()).toMatchObject({ status: 200 })
    expect((await other.connections()).map(({ http2 }) => http2)).toEqual([null])
  })

  test('one that says HTTP/2 and speaks HTTP/1.1 fails the requests, within the cap, and nothing is left', async () => {
    const { get, pool, sockets } = await scene({ maxConnections: 2 }, { server: { alpn: ['lies'] } })
    const failures = tally(await Promise.allSettled(times(6, () => get())))
    expect(Object.keys(failures)).not.toContain('200')
    await until(() => pool.stats().open === 0)
    expect(pool.stats()).toMatchObject({ active: 0, pending: 0 })
    expect(sockets.open).toBe(0)
    expect(sockets.peak).toBeLessThanOrEqual(2)
  })

  test('one that says HTTP/1.1 and speaks HTTP/2 likewise', async () => {
    const server = tlsModule.createServer({ key: probeKey, cert: probeCertificate, ALPNProtocols: ['http/1.1'] }, (socket) => {
      socket.on('error', () => {})
      // An empty frame of SETTINGS.
      socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as net.AddressInfo
    const sockets = new Census()
    const pool = open(undici8, { http2: true, maxConnections: 2 }, tls)
    const ask = () => undici8.api.request(`https://localhost:${port}`, { dispatcher: pool.dispatcher })
    const failures = await Promise.allSettled(times(6, ask))
    expect(failures.map(({ status }) => status)).toEqual(times(6, () => 'rejected'))
    await until(() => pool.stats().open === 0)
    expect(pool.stats()).toMatchObject({ active: 0, pending: 0 })
    expect(sockets.peak).toBeLessThanOrEqual(2)
  })

  test('is asked for by preference: a server may take the client’s order', async () => {
    const offered: string[][] = []
    const server = tlsModule.createServer({
      key: probeKey,
      cert: probeCertificate,
      ALPNCallback: ({ protocols }) => {
        offered.push(protocols)
        return undefined
      },
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => void server.close())
    const url = `https://localhost:${(server.address() as net.AddressInfo).port}`
    for (const http2 of [true, false]) {
      const pool = open(undici8, { http2 }, tls)
      await expect(undici8.api.request(url, { dispatcher: pool.dispatcher })).rejects.toThrow()
    }
    expect(offered).toEqual([['h2', 'http/1.1'], ['http/1.1']])
  })
})

describe('connections of HTTP/2 ahead of requests', () => {
  test('preconnect: the first requests use them', async () => {
    const { url, get, pool, sockets, connections } = await scene({ maxStreamsPerConnection: 10 })
    expect(await pool.preconnect(url, 2)).toBe(2)
    await until(() => pool.stats().streams.capacity === 20)
    expect(pool.stats()).toMatchObject({ open: 2, idle: 2 })
    expect(tally(await Promise.allSettled(times(20, () => get())))).toEqual({ 200: 20 })
    expect(sockets).toMatchObject({ opened: 2 })
    expect((await connections()).map(({ http2 }) => http2?.streams).sort()).toEqual([10, 10])
  })

  test('one that is told to go away, or closes, is not there for the first request', async () => {
    for (const command of [
      { do: 'goaway', kind: 'graceful' },
      { do: 'end', how: 'fin' },
      { do: 'end', how: 'rst' },
    ] as const) {
      const { url, get, pool, tell } = await scene()
      await pool.preconnect(url)
      await until(() => pool.stats().streams.capacity === 100)
      await tell(command)
      await until(() => pool.stats().open === 0)
      expect(await get('/', { method: 'POST', body: 'x' })).toMatchObject({ status: 200 })
    }
  })

  test('minIdleConnectionsPerHost', async () => {
    const { get, pool, sockets, probe, arrived } = await scene({ minIdleConnectionsPerHost: 1 })
    await get()
    const running = times(3, () => get('/?hold=a'))
    await arrived(4)
    await until(() => pool.stats().idle === 1)
    expect(pool.stats()).toMatchObject({ open: 2, active: 1 })
    await probe.release('a')
    await Promise.all(running)
    expect(sockets.opened).toBe(2)
  })
})

describe('connectors of one’s own', () => {
  const dial = (options: { hostname: string; port: string; servername?: string | null }, done: ConnectCallback) => {
    const { hostname: host, port } = options
    const servername = options.servername ?? host
    const socket = tlsModule.connect({ host, port: Number(port), servername, ca: probeCertificate, ALPNProtocols: ['h2'] })
    socket.once('secureConnect', () => done(null, socket)).once('error', (error) => done(error, null))
  }

  test('may agree to HTTP/2', async () => {
    const { get, connections, sockets } = await scene({}, { native: { connect: dial } })
    expect(tally(await Promise.allSettled(times(10, () => get())))).toEqual({ 200: 10 })
    expect((await connections()).map(({ http2 }) => http2?.streams)).toEqual([10])
    expect(sockets.opened).toBe(1)
  })

  test('that agree to it where the config does not ask for it: one request at a time, and the place is kept until the socket has closed', async () => {
    const { get, tell, pool, probe, arrived, sockets } = await scene(
      { http2: false, maxConnections: 2 },
      { native: { connect: dial } },
    )
    const answers = times(4, () => get('/?hold=a'))
    await arrived(2)
    expect(pool.stats()).toMatchObject({ open: 2, active: 2, pending: 2 })
    await tell({ do: 'goaway', kind: 'graceful' })
    await probe.release('a')
    expect(tally(await Promise.allSettled(answers))).toEqual({ 200: 4 })
    expect(sockets).toMatchObject({ peak: 2, opened: 4 })
    expect(pool.stats().upgraded).toBe(0)
  })
})

describe('names', () => {
  test('a host header in any form is known before a request is put on a connection of many', async () => {
    const { get, probe, connections, sockets, arrived } = await scene()
    const other = get('/?hold=a')
    await arrived(1)
    const forms = [
      { HOST: 'a.probe.test' },
      ['HoSt', 'a.probe.test'],
      new Map([['Host', 'a.probe.test']]),
      new Headers({ host: 'a.probe.test' }),
      [['host', 'a.probe.test']].values(),
    ]
    for (const headers of forms) expect(await get('/', { headers })).toMatchObject({ status: 200 })
    await probe.release('a')
    expect(await other).toMatchObject({ status: 200 })
    expect((await connections()).map(({ servername, requests }) => [servername, requests.length])).toEqual([
      ['localhost', 1],
      ['a.probe.test', 5],
    ])
    expect(sockets.opened).toBe(2)
  })
})

describe('an undici whose HTTP/2 is not used', () => {
  const support = () => supportWith(undici7.peer, undiciSupport('undici'))
  const create = (config: object, options = {}) =>
    openPool(undiciSupport('undici'), config, options, (core) => openDispatcher(core, undici7.peer, tls), support)

  test.each<[object, string]>([
    [{ http2: true }, 'http2: undici'],
    [{ http2: 'only' }, 'http2: undici'],
    [{ hosts: { 'a.test': { http2: true } } }, 'hosts["a.test"].http2: undici'],
  ])('is named where %j is asked for', (config, place) => {
    expect(() => create(config)).toThrow(expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED' }))
    expect(() => create(config)).toThrow(place)
    expect(() => create(config)).toThrow(`undici ${undici7.peer.version} is installed`)
    const pool = create({})
    onTestFinished(() => pool.destroy())
    expect(() => pool.reconfigure(config)).toThrow(place)
  })

  test('the platform is named where it is what loses answers', () => {
    const [lost, kept] = [platformLosing({ node: '26.3.0', deno: '2.9.6' }), platformLosing({ node: '26.3.0' })]
    const { pool, pooled } = supportWith(undici7.peer, undiciSupport('undici'), lost).fields.http2
    expect([pool, pooled, kept]).toEqual(['unsupported', expect.stringMatching(/^on Deno 2\.9\.6 .*run this on Node/), undefined])
  })

  test('speaks HTTP/1.1 where that is allowed', async () => {
    const { url, connections } = await scene()
    const pool = create({ http2: true }, { strict: false })
    onTestFinished(() => pool.destroy())
    const { statusCode } = await undici7.api.request(url, { ...pool.options })
    expect(statusCode).toBe(200)
    expect((await connections()).map(({ http2 }) => http2)).toEqual([null])
    expect(pool.notes.map(({ field }) => field)).toContain('http2')
  })
})
