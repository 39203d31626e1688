import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { assign, type Create } from '../node-agent/connecting.ts'
import { errorOf, expectEmpty, get, listen, send, until, variants } from '../node-agent/support.ts'
import { echo, echoed } from './kinds.ts'
import { openProxied } from './proxied-pool.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

describe.each(variants)('$name: a createConnection of the caller’s own', (variant) => {
  const { scheme } = variant
  type Assigned = { createConnection: Create }

  it('that calls the pool’s goes through the proxy, now or later', async () => {
    const proxy = await countingProxy()
    const { port } = await listen(scheme, echo)
    const opened = openProxied(variant, proxy.url(), { maxRequestsPerConnection: 1 })
    const original = (opened.agent as unknown as Assigned).createConnection
    assign(opened, (options, callback) => original.call(opened.agent, options, callback))
    expect((await echoed(get(opened, { host: 'localhost', port }))).url).toBe('/')
    assign(opened, (options, callback) => {
      setImmediate(() => original.call(opened.agent, options, callback))
      return undefined
    })
    expect((await echoed(get(opened, { host: 'localhost', port }))).url).toBe('/')
    expect(proxy.accepted()).toBe(2)
  })

  it('that calls the pool’s is ended at once with its request', async () => {
    const proxy = await scriptedProxy()
    const opened = openProxied(variant, proxy.url('https'), { maxConnections: 1, connectTimeout: 'unlimited' })
    const original = (opened.agent as unknown as Assigned).createConnection
    assign(opened, (options, callback) => original.call(opened.agent, options, callback))
    const { request, answer } = send(opened, { host: 'a.test' })
    await until(() => expect(proxy.sockets.size).toBe(1))
    request.destroy()
    await errorOf(answer)
    await expectEmpty(opened)
    await until(() => expect(proxy.sockets.size).toBe(0))
  })

  it('that dials by itself is asked as an origin is', async () => {
    const proxy = await scriptedProxy()
    const { port } = await listen('http', echo)
    const opened = openProxied({ ...variant, scheme: 'http' }, proxy.url('http', 'user:pass'))
    assign(opened, () => connect(port, '127.0.0.1') as Socket)
    for (const reused of [false, true]) {
      const answer = await get(opened, { host: 'a.test' })
      expect(answer.reused).toBe(reused)
      expect(JSON.parse(answer.body)).toMatchObject({ url: '/', headers: { host: 'a.test' } })
      expect(answer.body).not.toContain('proxy-authorization')
    }
    expect(proxy.accepted()).toBe(0)
  })
})

it('a createConnection without a callback can’t go through a proxy, and says so', async () => {
  const opened = openProxied({ client: 'node-http', scheme: 'https' }, 'http://user:secret@proxy.test')
  const { createConnection } = opened.agent as unknown as { createConnection(options: object): unknown }
  expect(() => createConnection.call(opened.agent, { host: 'a.test', port: 443 })).toThrow(
    expect.objectContaining({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringMatching(/without a callback.*http:\/\/proxy\.test:80/),
    }),
  )
})
