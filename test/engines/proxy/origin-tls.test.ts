import type { TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import { errorOf, listen, until } from '../node-agent/support.ts'
import { clients, engines } from './engines.ts'
import { countingProxy, rawServer } from './proxies.ts'

// TLS with an origin, through a proxy: as without one.

it.each(clients)('$name: its sessions are resumed', async ({ open }) => {
  for (const secure of [false, true]) {
    const proxy = await countingProxy({ secure })
    const reused: boolean[] = []
    const { port } = await listen('https', (request, response) => {
      reused.push((request.socket as TLSSocket).isSessionReused())
      response.end('ok')
    })
    const proxied = open(proxy.url(secure ? 'https' : 'http'), { maxRequestsPerConnection: 1 })
    for (let time = 0; time < 3; time++) {
      await proxied.get(`https://localhost:${port}/`)
      await until(() => expect(proxied.pool.stats().open).toBe(0))
    }
    expect(reused).toEqual([false, true, true])
  }
})

it.each(clients)('$name: that fails is told of as without a proxy', async ({ open }) => {
  const proxy = await countingProxy()
  const origin = await rawServer((socket) => socket.end('no TLS here'))
  const proxied = open(proxy.url(), { maxConnections: 1 })
  expect((await errorOf(proxied.get(`https://localhost:${origin.port}/`))).code).toMatch(/^ERR_SSL|EPROTO/)
  await proxied.expectEmpty()
})

it.each(clients)('$name: whose certificate is not known is told of as without a proxy', async ({ open }) => {
  const proxy = await countingProxy({ secure: true })
  const { port } = await listen('https')
  const proxied = open(proxy.url('https'), { maxConnections: 1 }, { ca: undefined })
  for (let time = 0; time < 2; time++)
    expect(await errorOf(proxied.get(`https://localhost:${port}/`))).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  await proxied.expectEmpty()
  expect(proxy.accepted()).toBe(2)
})

it.each(engines)('$name: has the origin’s name, and the proxy its own', async ({ open }) => {
  const proxy = await countingProxy({ secure: true })
  const names: unknown[] = []
  const { port } = await listen('https', (request, response) => {
    names.push((request.socket as TLSSocket & { servername?: unknown }).servername)
    response.end('ok')
  })
  const proxied = open(proxy.url('https'))
  await proxied.get(`https://a.probe.test:${port}/`)
  await proxied.get(`https://localhost:${port}/`, { headers: { Host: `b.probe.test:${port}` } })
  expect(names).toEqual(['a.probe.test', 'b.probe.test'])
  expect(proxy.tunnels).toEqual([`a.probe.test:${port}`, `localhost:${port}`])
  expect(new Set(proxy.servernames)).toEqual(new Set(['localhost']))
})
