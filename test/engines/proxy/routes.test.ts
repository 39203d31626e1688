import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type ProxySettings, readRoutes } from '../../../src/config/proxies/ways.ts'
import type { Gateway } from '../../../src/engines/proxy/gateway.ts'
import { Routes } from '../../../src/engines/proxy/routes.ts'

function routesBy(settings: ProxySettings): Routes {
  const routes = new Routes()
  routes.apply(readRoutes(settings, {}))
  return routes
}

it('of what no proxy can reach is direct', () => {
  expect(routesBy({ proxy: 'http://p:1' }).routeOf(null).gateway).toBe(null)
})

describe('a change', () => {
  const origin = 'https://a.example:443'
  const gatewayOf = (routes: Routes) => routes.routeOf(origin).gateway as Gateway

  it('of something else keeps the gateway of a proxy that is the same', () => {
    const routes = routesBy({ proxy: 'http://user:secret@p:1' })
    const before = gatewayOf(routes)
    routes.apply(readRoutes({ proxy: 'HTTP://user:secret@P:1/', noProxy: ['b.example'] }, {}))
    expect(gatewayOf(routes)).toBe(before)
    routes.apply(readRoutes({ proxy: 'env' }, { https_proxy: 'user:secret@p:1' }))
    expect(gatewayOf(routes)).toBe(before)
  })

  it.each(['http://user:other@p:1', 'http://user:secret@p:2', 'https://user:secret@p:1'])(
    'of the proxy to %s does not',
    (proxy) => {
      const routes = routesBy({ proxy: 'http://user:secret@p:1' })
      const before = gatewayOf(routes)
      routes.apply(readRoutes({ proxy }, {}))
      expect(gatewayOf(routes)).not.toBe(before)
    },
  )

  it('to none has all reached directly, and knows that there is none', () => {
    const routes = routesBy({ proxy: 'http://p:1' })
    expect(routes.some).toBe(true)
    gatewayOf(routes)
    routes.apply(readRoutes({ proxy: false }))
    expect(routes.some).toBe(false)
    expect(gatewayOf(routes)).toBe(null)
  })
})

it('shows no secrets, however it is looked at', () => {
  const routes = new Routes({ proxyHeaders: { 'X-Token': 'secret' }, proxyTls: { key: 'secret', passphrase: 'secret' } })
  routes.apply(readRoutes({ proxy: 'https://user:secret@p:1' }, {}))
  const route = routes.routeOf('https://a.example:443')
  const basic = Buffer.from('user:secret').toString('base64')
  expect(route.gateway?.linesFor()).toContain(basic)
  const shown = [routes, route, route.gateway].flatMap((value) => [inspect(value, { depth: 10 }), JSON.stringify(value)])
  for (const text of shown) for (const secret of ['secret', basic]) expect(text).not.toContain(secret)
})
