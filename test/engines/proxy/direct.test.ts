import { describe, expect, it } from 'vitest'
import { localSocketPath } from '../../platform.ts'
import { countSockets, listen } from '../node-agent/support.ts'
import { clients, engines } from './engines.ts'
import { echo, echoed } from './kinds.ts'
import { lookup } from './proxied-pool.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

describe('what no proxy is asked for', () => {
  it.each(engines)('$name: is a unix socket', async ({ open }) => {
    const proxy = await scriptedProxy()
    const socketPath = localSocketPath()
    await listen('http', echo, socketPath)
    const proxied = open(proxy.url(), { maxConnectionsPerProxy: 1 }, { socketPath })
    const counter = countSockets()
    const answers = Array.from({ length: 6 }, () => echoed(proxied.get('http://a.test/')))
    expect(new Set((await Promise.all(answers)).map(({ url }) => url))).toEqual(new Set(['/']))
    expect([proxy.accepted(), counter.opened]).toEqual([0, 6])
    // It is a host of its own, and counts for no proxy.
    expect(proxied.pool.stats().proxies).toBe(undefined)
    expect(Object.keys(proxied.pool.stats().hosts)).toEqual([`http://unix:${socketPath}`])
  })

  it.each(clients)('$name: is what noProxy lists', async ({ open }) => {
    const proxy = await countingProxy()
    const { port } = await listen('http', echo)
    const proxied = open({ proxy: proxy.url(), noProxy: ['127.0.0.1'] })
    await proxied.get(`http://127.0.0.1:${port}/`)
    expect(proxy.accepted()).toBe(0)
    await proxied.get(`http://localhost:${port}/`)
    expect(proxy.accepted()).toBe(1)
  })

  it.each(engines)('$name: is the name of an origin: look-ups are of the proxy’s own', async ({ open }) => {
    const proxy = await countingProxy()
    const origins = await Promise.all([listen('http', echo), listen('https', echo)])
    const names: string[] = []
    const counted: typeof lookup = (name, options, callback) => {
      names.push(name)
      lookup(name, options, callback)
    }
    const proxied = open(proxy.url().replace('localhost', 'proxy.test'), { dnsCacheTtl: '1m' }, { lookup: counted })
    await proxied.get(`http://a.probe.test:${origins[0].port}/`)
    await proxied.get(`https://b.probe.test:${origins[1].port}/`)
    expect(proxy.accepted()).toBe(2)
    expect(names).toEqual(['proxy.test'])
  })
})

describe.each(['http', 'https'] as const)('an environment that names a proxy (%s)', (scheme) => {
  it.each(clients)('$name: is gone by where proxy says so, and as it is when it is read', async ({ open }) => {
    const proxy = await countingProxy()
    const { port } = await listen(scheme, echo)
    process.env[`${scheme}_proxy`] = proxy.url()
    try {
      const [direct, proxied] = [open({}), open({ proxy: 'env', noProxy: [] })]
      await direct.get(`${scheme}://localhost:${port}/`)
      expect(proxy.accepted()).toBe(0)
      delete process.env[`${scheme}_proxy`]
      await proxied.get(`${scheme}://localhost:${port}/`)
      expect(proxy.accepted()).toBe(1)
    } finally {
      delete process.env[`${scheme}_proxy`]
    }
  })
})
