import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import http from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cleanup, errorOf, listen, until } from '../node-agent/support.ts'
import { clientsBySchemes, engines, schemes } from './engines.ts'
import { echo, echoed } from './kinds.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

/** Upgrades a request, and gives what its server says by the socket. */
async function upgrade(carrier: object, to: string): Promise<string> {
  const socket = await ('dispatch' in carrier
    ? upgradeByUndici(carrier as object as Upgrading, to)
    : upgradeByNode(carrier as http.Agent, to))
  socket.on('error', () => {})
  for await (const chunk of socket) {
    socket.destroy()
    return String(chunk)
  }
  return ''
}

interface Upgrading {
  upgrade(options: {
    readonly origin: string
    readonly path: string
    readonly protocol: string
  }): Promise<{ readonly socket: Duplex }>
}

async function upgradeByUndici(dispatcher: Upgrading, origin: string): Promise<Duplex> {
  return (await dispatcher.upgrade({ origin, path: '/', protocol: 'other' })).socket
}

function upgradeByNode(agent: http.Agent, to: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = http.get(to, { agent, headers: { Connection: 'Upgrade', Upgrade: 'other' } })
    request.on('error', reject).on('upgrade', (_response, socket, head) => {
      socket.unshift(head)
      resolve(socket)
    })
  })
}

describe('a change of the proxy', () => {
  it.each(clientsBySchemes)('%s, %s: what was made before takes no new request', async (_, scheme, open) => {
    const [one, other] = await Promise.all([countingProxy(), countingProxy()])
    const held: http.ServerResponse[] = []
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/hold') held.push(response)
      else response.end('ok')
    })
    const to = `${scheme}://localhost:${port}`
    const proxied = open(one.url(), { maxConnections: 2 })
    const created = () => proxied.pool.stats().created
    await Promise.all([proxied.get(to), proxied.get(to)])
    const running = proxied.get(`${to}/hold`)
    await until(() => expect(held.length).toBe(1))
    expect([one.sockets.size, other.accepted(), created()]).toEqual([2, 0, 2])

    proxied.reroute({ proxy: other.url() })
    await until(() => expect(one.sockets.size).toBe(1))
    expect(await proxied.get(to)).toMatchObject({ body: 'ok' })
    expect(created()).toBe(3)
    // Its request is finished, and whoever waits gets none that was made before.
    const waiting = [proxied.get(`${to}/hold`), proxied.get(to)]
    await until(() => expect(held.length).toBe(2))
    held[0]?.end('late')
    expect((await running).body).toBe('late')
    await until(() => expect(one.sockets.size).toBe(0))
    held[1]?.end('later')
    expect((await Promise.all(waiting)).map(({ body }) => body)).toEqual(['later', 'ok'])
    expect([one.accepted(), other.accepted()]).toEqual([2, 2])

    proxied.reroute({ proxy: false })
    const before = created()
    expect(await proxied.get(to)).toMatchObject({ body: 'ok' })
    expect(created()).toBe(before + 1)
    await until(() => expect(other.sockets.size).toBe(0))
    proxied.reroute({ proxy: one.url(), noProxy: ['localhost'] })
    expect(await proxied.get(to)).toMatchObject({ body: 'ok' })
    expect([one.accepted(), created()]).toEqual([2, before + 1])
  })

  it.each(engines)('$name: to the same proxy leaves connections as they are', async ({ open }) => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const { port } = await listen('http', echo)
    const to = `http://localhost:${port}`
    const proxied = open(proxy.url('http', 'user:pass'))
    await proxied.get(to)
    process.env.http_proxy = proxy.url('http', 'user:pass')
    cleanup(() => delete process.env.http_proxy)
    proxied.reroute({ proxy: 'env', noProxy: ['b.test'] })
    await proxied.get(to)
    expect(proxied.pool.stats()).toMatchObject({ created: 1, reused: 1 })
    proxied.reroute({ proxy: proxy.url('http', 'user:other') })
    expect(await errorOf(proxied.get(to))).toMatchObject({ code: 'ERR_POOL_PROXY', statusCode: 407 })
  })

  it.each(engines)('$name: for one host bears on that alone', async ({ open }) => {
    const proxy = await countingProxy()
    const origins = await Promise.all([listen('http', echo), listen('http', echo)])
    const [one, other] = origins.map(({ port }) => `http://localhost:${port}`) as [string, string]
    const proxied = open(proxy.url())
    for (const to of [one, other]) await proxied.get(to)
    proxied.pool.reconfigure({ hosts: { [one]: { proxy: false } } })
    for (const to of [one, other]) await proxied.get(to)
    expect(proxy.accepted()).toBe(2)
    expect(proxied.pool.stats()).toMatchObject({ created: 3, reused: 1 })
  })

  it.each(engines)('$name: has requests that wait dial by the new one', async ({ open }) => {
    for (const scheme of schemes) {
      const proxy = await countingProxy()
      const dead = await scriptedProxy(() => {}, { secure: true })
      const { port } = await listen(scheme, echo)
      const proxied = open(dead.url('https'), { maxConnections: 1 }, { proxyTls: {} })
      const failed = errorOf(proxied.get(`${scheme}://localhost:${port}/`))
      const waiting = echoed(proxied.get(`${scheme}://localhost:${port}/`))
      proxied.reroute({ proxy: proxy.url() })
      expect(await failed).toMatchObject({ code: 'ERR_POOL_PROXY' })
      expect((await waiting).url).toBe('/')
    }
  })

  it.each(engines)(
    '$name: has an upgrade that waits go by a tunnel, alone and behind a request in absolute form',
    async ({ open }) => {
      for (const beside of [0, 1]) {
        const proxy = await countingProxy()
        const held: http.ServerResponse[] = []
        const { server, port } = await listen('http', (request, response) => {
          if (request.url === '/hold') held.push(response)
          else response.end('ok')
        })
        server.on('upgrade', (_, socket) =>
          socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\nhello'),
        )
        const to = `http://localhost:${port}`
        const proxied = open({ proxy: false }, { maxConnections: 1 })
        const recorded = () => proxied.pool.stats({ histograms: true }).histograms?.acquire.count
        expect(recorded()).toBe(0)
        const grants: number[] = []
        const onGrant = (message: unknown) => grants.push((message as { uses: number }).uses)
        subscribe('polypool:acquire:grant', onGrant)
        onTestFinished(() => void unsubscribe('polypool:acquire:grant', onGrant))
        const running = proxied.get(`${to}/hold`)
        await until(() => expect(held.length).toBe(1))
        const before = Array.from({ length: beside }, () => proxied.get(`${to}/beside`))
        const upgraded = upgrade(proxied.carrierFor('http'), to)
        const after = proxied.get(`${to}/after`)
        await until(() => expect(proxied.pool.stats().pending).toBe(beside + 2))
        proxied.reroute({ proxy: proxy.url() })
        held[0]?.end('late')
        expect((await running).body).toBe('late')
        for (const answer of await Promise.all([...before, after])) expect(answer.body).toBe('ok')
        expect(await upgraded).toBe('hello')
        expect(proxy.tunnels).toEqual([`localhost:${port}`])
        expect(proxy.forwarded.map(({ url }) => url)).toEqual([...before.map(() => `${to}/beside`), `${to}/after`])
        await until(() => expect(proxied.pool.stats()).toMatchObject({ pending: 0, active: 0, upgraded: 0 }))
        const { created, reused } = proxied.pool.stats()
        expect(created + reused, 'requests that got a connection').toBe(3 + beside)
        expect([grants.length, recorded()], 'of which it was told').toEqual([3 + beside, 3 + beside])
        await proxied.pool.close()
        await proxied.expectEmpty()
      }
    },
  )

  it.each(engines)('$name: ends what is opened ahead of requests by the old one', async ({ open }) => {
    const dead = await scriptedProxy()
    const proxy = await countingProxy()
    const { port } = await listen('https', echo)
    const to = `https://localhost:${port}`
    const proxied = open(dead.url(), { maxConnections: 1, connectTimeout: 'unlimited' })
    const ready = proxied.pool.preconnect(to)
    await until(() => expect(dead.heads.length).toBe(1))
    proxied.reroute({ proxy: proxy.url() })
    expect(await ready).toBe(0)
    await until(() => expect(dead.sockets.size).toBe(0))
    expect((await echoed(proxied.get(to))).url).toBe('/')
  })

  it.each(engines)('$name: to what can’t be read changes nothing', async ({ open }) => {
    const proxy = await countingProxy()
    const { port } = await listen('http', echo)
    const proxied = open(proxy.url())
    process.env.http_proxy = 'ftp://proxy.test'
    cleanup(() => delete process.env.http_proxy)
    expect(() => proxied.reroute({ proxy: 'env' })).toThrow(expect.objectContaining({ code: 'ERR_POOL_CONFIG' }))
    await proxied.get(`http://localhost:${port}/`)
    expect(proxy.forwarded.length).toBe(1)
  })
})
