import { describe, expect, it } from 'vitest'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { countSockets, errorOf, until } from '../node-agent/support.ts'
import { type Scene, scene, tally, tapped, times } from '../undici-dispatcher/http2-harness.ts'
import { proxies } from './kinds.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

// ALPN is the origin's matter, inside the tunnel: HTTP/2 is as it is without a proxy.

const native = { proxyTls: { ca: probeCertificate } }

/** How many requests came by each connection, and whether those spoke HTTP/2. */
async function heard({ connections }: Scene): Promise<readonly (readonly [requests: number, http2: boolean])[]> {
  return (await connections()).map(({ requests, http2 }) => [requests.length, http2 !== null])
}

describe.each(Object.entries(proxies))('HTTP/2 through %s', (_, start) => {
  it('carries many requests on one connection', async () => {
    const { proxy, url } = await start()
    const there = await scene({ proxy: url, maxConnections: 3 }, { native })
    const counter = countSockets(proxy.port)
    const answers = await Promise.all(times(40, (index) => there.get(`/${index}`)))
    expect(answers.map(({ status }) => status)).toEqual(times(40, () => 200))
    expect([counter.opened, there.pool.stats().created]).toEqual([1, 1])
    expect(await heard(there)).toEqual([[40, true]])
    await there.pool.close()
    await until(() => expect(counter.open).toBe(0))
  })

  it('sends and gets bodies', async () => {
    const { url } = await start()
    const there = await scene({ proxy: url }, { native })
    const answers = await Promise.all(
      times(6, (index) => there.get('/?size=300000', { method: 'POST', body: 'x'.repeat(100_000 * index) })),
    )
    expect(answers.map(({ text }) => text.length)).toEqual(times(6, () => 300_000))
  })

  it('by prior knowledge, where http2 is "only", goes through a tunnel', async () => {
    const { proxy, url } = await start()
    const there = await scene({ proxy: url, http2: 'only' }, { scheme: 'http', native })
    expect((await Promise.all(times(5, () => there.get()))).map(({ status }) => status)).toEqual(times(5, () => 200))
    expect(await heard(there)).toEqual([[5, true]])
    expect(proxy.accepted()).toBe(1)
  })

  it('is opened ahead', async () => {
    const { proxy, url } = await start()
    const there = await scene({ proxy: url }, { native })
    expect(await there.pool.preconnect(there.url)).toBe(1)
    expect(proxy.accepted()).toBe(1)
    await Promise.all(times(5, () => there.get()))
    expect(await heard(there)).toEqual([[5, true]])
  })
})

it('a server that speaks HTTP/1.1 alone gets that, through as many tunnels as may be', async () => {
  const proxy = await countingProxy()
  const there = await scene({ proxy: proxy.url(), maxConnections: 3 }, { server: false })
  const counter = countSockets(proxy.port)
  await Promise.all(times(12, () => there.get()))
  expect([counter.peak, (await heard(there)).map(([, http2]) => http2)]).toEqual([3, [false, false, false]])
})

it('http origins that need not speak it are asked in absolute form', async () => {
  const proxy = await countingProxy()
  const there = await scene({ proxy: proxy.url() }, { scheme: 'http', server: false })
  await there.get('/a')
  expect([proxy.tunnels, proxy.forwarded.map(({ url }) => url)]).toEqual([[], [`${there.url}/a`]])
})

it('a proxy that dies costs what runs on its sessions, and what can be sent again is', async () => {
  const proxy = await countingProxy()
  const there = await scene({ proxy: proxy.url(), maxConnections: 1 })
  await there.get()
  const posts = Promise.allSettled(times(3, () => there.get('/?hold=a', { method: 'POST', body: 'x' })))
  const gets = Promise.allSettled(times(3, () => there.get('/?hold=b')))
  await there.arrived(7)
  for (const socket of proxy.sockets) socket.destroy()
  expect(Object.values(tally(await posts))).toEqual([3])
  expect(tally(await posts)[200]).toBe(undefined)
  await there.arrived(10)
  await there.probe.release('b')
  expect(tally(await gets)).toEqual({ 200: 3 })
  expect(proxy.accepted()).toBe(2)
})

it('after GOAWAY what was not seen goes on through another tunnel, within the limit', async () => {
  const proxy = await countingProxy()
  const there = await scene({ proxy: proxy.url(), maxConnections: 1 }, tapped)
  const counter = countSockets(proxy.port)
  const running = times(4, () => there.get('/?hold=a'))
  await there.arrived(4)
  await there.tell({ do: 'goaway', kind: 'hard' })
  await until(() => expect(counter.opened).toBe(2))
  await there.probe.release('a')
  expect(tally(await Promise.allSettled(running))).toEqual({ 200: 4 })
  expect(counter.peak).toBe(1)
})

it('a change of the proxy: a session finishes what it carries, and takes nothing new', async () => {
  const [one, other] = [await countingProxy(), await countingProxy()]
  const there = await scene({ proxy: one.url() })
  const running = times(3, () => there.get('/?hold=a'))
  await there.arrived(3)
  there.pool.reconfigure({ proxy: other.url() })
  expect(there.pool.stats()).toMatchObject({ open: 1, draining: 1 })
  expect((await Promise.all(times(3, () => there.get()))).map(({ status }) => status)).toEqual([200, 200, 200])
  expect([one.accepted(), other.accepted()]).toEqual([1, 1])
  await there.probe.release('a')
  expect(tally(await Promise.allSettled(running))).toEqual({ 200: 3 })
  await until(() => expect([one.sockets.size, other.sockets.size]).toEqual([0, 1]))
  // One that idles ends at once.
  there.pool.reconfigure({ proxy: false })
  await until(() => expect([other.sockets.size, there.pool.stats().open]).toEqual([0, 0]))
})

it('silence of the origin behind a tunnel is told of, and all who wait hear it', async () => {
  const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
  const there = await scene({ proxy: proxy.url(), connectTimeout: 200, maxConnections: 1 })
  const counter = countSockets(proxy.port)
  const errors = await Promise.all(times(4, () => errorOf(there.get())))
  for (const error of errors)
    expect(error).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT', message: expect.stringMatching(/through the proxy/) })
  await until(() => expect([counter.open, there.pool.stats().open]).toEqual([0, 0]))
  expect(counter.peak).toBe(1)
})

it('a refusal is the error of every request that waits', async () => {
  const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 403 No\r\n\r\n'))
  const there = await scene({ proxy: proxy.url(), maxConnections: 1 })
  const counter = countSockets(proxy.port)
  const errors = await Promise.all(times(6, () => errorOf(there.get())))
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['ERR_POOL_PROXY']))
  await until(() => expect(there.pool.stats().open).toBe(0))
  expect([counter.peak, counter.open]).toEqual([1, 0])
})
