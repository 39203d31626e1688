import http from 'node:http'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import * as nodeHttp from '../../../adapters/node-http.ts'
import * as undici from '../../../adapters/undici.ts'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { cleanup, countSockets, errorOf, get, listen, until } from '../node-agent/support.ts'
import { type Ask, clients, schemes } from './engines.ts'
import { type Echoed, echo, echoed, proxies } from './kinds.ts'
import { countingProxy } from './proxies.ts'

describe.each(Object.entries(proxies))('%s', (_, start) => {
  it.each(clients)(
    '$name: holds the caps by client sockets, reuses them, and tells no origin of its credentials',
    async ({ open }) => {
      const { proxy, url } = await start()
      const origins = await Promise.all([listen('https', echo), listen('https', echo), listen('http', echo)])
      const proxied = open(url, { maxConnections: 5, maxConnectionsPerHost: 3 })
      const counter = countSockets()
      const round = () =>
        Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const at = origins[index % 3] as (typeof origins)[number]
            return echoed(proxied.get(`${at === origins[2] ? 'http' : 'https'}://localhost:${at.port}/${index}`))
          }),
        )
      const answers = [...(await round()), ...(await round())]
      expect(answers.map(({ url: path }) => path)).toEqual([...Array(40).keys(), ...Array(40).keys()].map((index) => `/${index}`))
      for (const { headers } of answers) {
        expect(headers['proxy-authorization']).toBe(undefined)
        expect(origins.map(({ port }) => `localhost:${port}`)).toContain(headers.host)
      }
      const toProxy = counter.totals(proxy.port)
      expect(toProxy.peak).toBeLessThanOrEqual(5)
      expect(toProxy.opened).toBe(proxied.pool.stats().created)
      await until(() => expect(proxy.accepted()).toBe(toProxy.opened))
      const { created, reused, hosts } = proxied.pool.stats()
      expect(created + reused).toBe(80)
      expect(created).toBeLessThan(40)
      for (const { open } of Object.values(hosts)) expect(open).toBeLessThanOrEqual(3)
      await proxied.pool.close()
      await proxied.expectEmpty()
      expect(counter.totals(proxy.port).open).toBe(0)
    },
  )

  it.each(clients)('$name: holds them where every connection ends with its request', async ({ open }) => {
    const { proxy, url } = await start()
    const origins = { https: await listen('https', echo), http: await listen('http', echo) }
    const proxied = open(url, { maxConnections: 3, maxRequestsPerConnection: 1 })
    const counter = countSockets(proxy.port)
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const scheme = schemes[index % 2] as 'http' | 'https'
        return echoed(proxied.get(`${scheme}://localhost:${origins[scheme].port}/${index}`))
      }),
    )
    expect(answers.map(({ url: path }) => path)).toEqual([...Array(24).keys()].map((index) => `/${index}`))
    expect([counter.peak, counter.opened]).toEqual([3, 24])
    await proxied.expectEmpty()
    expect(counter.open).toBe(0)
  })

  it.each(clients)(
    '$name: holds the limit of the proxy over all hosts behind it, beside what goes directly',
    async ({ open }) => {
      const { proxy, url } = await start()
      const held: (() => void)[] = []
      const hold: http.RequestListener = (request, response) => {
        if (request.url === '/hold') held.push(() => response.end('held'))
        else response.end('ok')
      }
      const ports = await Promise.all([listen('https', hold), listen('http', hold), listen('http', hold)])
      const [a, b, c] = ports.map(({ port }, at) => `${at === 0 ? 'https' : 'http'}://localhost:${port}`) as [
        string,
        string,
        string,
      ]
      const direct = await listen('http', hold)
      const limits = { maxConnections: 10, maxConnectionsPerProxy: 2, acquireTimeout: 300 }
      const proxied = open({ proxy: url, noProxy: ['127.0.0.1'] }, limits)
      const counter = countSockets()
      const running = [proxied.get(`${a}/hold`), proxied.get(`${b}/hold`)]
      await until(() => expect(held).toHaveLength(2))
      const late = errorOf(proxied.get(c))
      expect(await proxied.get(`http://127.0.0.1:${direct.port}`)).toMatchObject({ body: 'ok' })
      const origin = url.replace(/\/\/.*@/, '//')
      expect(await late).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT', limit: 2, proxy: origin })
      expect((await late).message).toContain(`maxConnectionsPerProxy: 2 for the proxy ${origin}`)
      expect(proxied.pool.stats().proxies).toEqual({ [origin]: { open: 2 } })
      for (const end of held) end()
      await Promise.all(running)
      // Those idle now, and one of them gives way: the direct one stays.
      proxied.pool.reconfigure({ acquireTimeout: '30s' })
      expect(await proxied.get(c)).toMatchObject({ body: 'ok' })
      const { evicted, hosts } = proxied.pool.stats()
      expect([evicted, hosts[`http://127.0.0.1:${direct.port}`]?.open]).toEqual([1, 1])
      expect(counter.totals(proxy.port)).toMatchObject({ peak: 2, opened: 3 })
      await proxied.expectEmpty()
      expect(proxied.pool.stats()).not.toHaveProperty('proxies')
    },
  )

  describe.each(schemes)('%s', (scheme) => {
    it.each<readonly [string, string, Ask, Partial<Echoed>]>([
      ['a plain one', '/', {}, { method: 'GET', url: '/' }],
      ['with a body', '/', { method: 'POST', body: 'x'.repeat(200_000) }, { method: 'POST', body: 'x'.repeat(200_000) }],
      ['with an URL in its query', '/b?c=http://d/', {}, { url: '/b?c=http://d/' }],
    ])('sends a request as it is: %s', async (_, path, ask, expected) => {
      const { url } = await start()
      const { port } = await listen(scheme, echo)
      for (const { open } of clients) {
        const proxied = open(url)
        for (let time = 0; time < 2; time++) {
          const { headers, ...rest } = await echoed(proxied.get(`${scheme}://localhost:${port}${path}`, ask))
          expect(rest).toMatchObject(expected)
          expect(headers['proxy-authorization']).toBe(undefined)
        }
        expect(proxied.pool.stats()).toMatchObject({ created: 1, reused: 1 })
      }
    })

    it.each(clients)('$name: opens connections ahead of requests', async ({ open }) => {
      const { proxy, url } = await start()
      const { port } = await listen(scheme, echo)
      const proxied = open(url, { maxConnections: 3 })
      const to = `${scheme}://localhost:${port}`
      expect(await proxied.pool.preconnect(to, 2)).toBe(2)
      await until(() => expect([proxied.pool.stats().idle, proxy.accepted()]).toEqual([2, 2]))
      await Promise.all(['/1', '/2'].map((path) => proxied.get(to + path)))
      expect([proxied.pool.stats().created, proxy.accepted()]).toEqual([2, 2])
    })

    it.each(clients)('$name: keeps connections ready', async ({ open }) => {
      const { proxy, url } = await start()
      const { port } = await listen(scheme, echo)
      const proxied = open(url, { minIdleConnectionsPerHost: 2 })
      await proxied.get(`${scheme}://localhost:${port}`)
      await until(() => expect(proxied.pool.stats().idle).toBeGreaterThanOrEqual(2))
      await until(() => expect(proxy.accepted()).toBe(proxied.pool.stats().created))
      const before = proxied.pool.stats().created
      for (const socket of proxy.sockets) socket.destroy()
      await until(() => {
        expect(proxied.pool.stats().created).toBeGreaterThanOrEqual(before + 2)
        expect(proxied.pool.stats().idle).toBe(2)
      })
    })

    it.each(clients)('$name: that closes an idle connection, or one in use, costs that alone', async ({ open }) => {
      const { proxy, url } = await start()
      const held: http.ServerResponse[] = []
      const { port } = await listen(scheme, (request, response) => {
        if (request.url === '/hold') held.push(response)
        else response.end('ok')
      })
      const proxied = open(url, { maxConnections: 1 })
      const to = `${scheme}://localhost:${port}`
      await proxied.get(to)
      for (const socket of proxy.sockets) socket.destroy()
      await until(() => expect(proxied.pool.stats().open).toBe(0))
      expect(await proxied.get(to)).toMatchObject({ body: 'ok' })
      expect(proxied.pool.stats()).toMatchObject({ created: 2, reused: 0 })
      // One that has not come is not sent twice by its method: this one has, and nobody knows what of it was done.
      const failed = errorOf(proxied.get(`${to}/hold`, { method: 'POST', body: 'x' }))
      const next = proxied.get(to)
      await until(() => expect(held.length).toBe(1))
      for (const socket of proxy.sockets) socket.destroy()
      expect((await failed).code).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/)
      expect(await next).toMatchObject({ body: 'ok' })
      expect(proxied.pool.stats()).toMatchObject({ open: 1, pending: 0, created: 3 })
    })

    it.each(clients)('$name: reuses none beyond its lifetime, and keeps none beyond its idle time', async ({ open }) => {
      const { proxy, url } = await start()
      const { port } = await listen(scheme, echo)
      const proxied = open(url, { keepAliveExpiry: 50 })
      await proxied.get(`${scheme}://localhost:${port}`)
      await until(() => expect([proxied.pool.stats().open, proxy.sockets.size]).toEqual([0, 0]))
      expect(proxied.pool.stats()).toMatchObject({ created: 1, expired: 1 })
      proxied.pool.reconfigure({ keepAliveExpiry: '1h', maxLifetime: 50 })
      await proxied.get(`${scheme}://localhost:${port}`)
      await until(() => expect([proxied.pool.stats().open, proxy.sockets.size]).toEqual([0, 0]))
      expect(proxied.pool.stats()).toMatchObject({ created: 2, expired: 2 })
    })
  })

  it.each(clients)('$name: reaches an IPv6 origin', async ({ open }) => {
    const { url } = await start()
    const server = http.createServer(echo)
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve))
    cleanup(() => server.close())
    const { port } = server.address() as { port: number }
    const proxied = open(url)
    const { headers } = await echoed(proxied.get(`http://[::1]:${port}/`, { headers: { Host: `[::1]:${port}` } }))
    expect(headers.host).toBe(`[::1]:${port}`)
    expect(Object.keys(proxied.pool.stats().hosts)).toEqual([`http://[::1]:${port}`])
  })
})

it('pools of both engines that share a budget share it through a proxy, each by its own connections', async () => {
  const proxy = await countingProxy()
  const origins = { https: await listen('https', echo), http: await listen('http', echo) }
  const ca = probeCertificate
  const first = undici.createPool({ proxy: proxy.url(), maxConnections: 4, maxConnectionsPerHost: 3 }, { connect: { ca } })
  const second = nodeHttp.createPool(first, { ca })
  cleanup(() => Promise.all([first.destroy(), second.destroy()]))
  const counter = countSockets(proxy.port)
  const ends = Array.from({ length: 40 }, async (_, index) => {
    const scheme = schemes[(index >> 1) % 2] as 'http' | 'https'
    const { port } = origins[scheme]
    if (index % 2 === 1) return get({ agent: second.options[scheme], scheme }, { host: 'localhost', port })
    return { status: (await request(`${scheme}://localhost:${port}/`, first.options).then(dumped)).statusCode }
  })
  expect(new Set((await Promise.all(ends)).map(({ status }) => status))).toEqual(new Set([200]))
  expect(counter.peak).toBeLessThanOrEqual(4)
  expect([counter.opened, first.stats()]).toEqual([second.stats().created, second.stats()])
  // A change is one of both.
  second.reconfigure({ proxy: false })
  await until(() => expect([first.stats().open, counter.open]).toEqual([0, 0]))
  await request(`http://localhost:${origins.http.port}/`, first.options).then(dumped)
  expect(counter.opened).toBe(second.stats().created - 1)
})

async function dumped<Answer extends { readonly body: { dump(): Promise<void> } }>(answer: Answer): Promise<Answer> {
  await answer.body.dump()
  return answer
}
