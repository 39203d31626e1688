import { describe, expect, it } from 'vitest'
import { countSockets, errorOf, listen, until } from '../node-agent/support.ts'
import { clients, engines } from './engines.ts'
import { echo, echoed } from './kinds.ts'
import { countingProxy, scriptedProxy } from './proxies.ts'

/** What a head asks for, and its fields in lower case, sorted: clients write them in orders of their own. */
function partsOf(text: string): readonly [string, readonly string[]] {
  const [target = '', ...fields] = text.trimEnd().split('\r\n')
  const named = fields.map((field) => field.replace(/^[^:]*/, (name) => name.toLowerCase()))
  return [target, named.filter((field) => /^(host|x-|proxy-)/.test(field)).sort()]
}

describe('absolute form', () => {
  it.each(clients)('$name: is what the proxy gets, with the request’s own fields, and the proxy’s besides', async ({ open }) => {
    const proxy = await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    const native = { proxyHeaders: { 'X-Tenant': 'one' } }
    const proxied = open(proxy.url('http', 'user:pass'), { keepAlive: false }, native)
    await proxied.get('http://a.test/b?c', { headers: { 'X-Mine': 'd' } })
    await proxied.get('http://a.test:81/', { method: 'POST', body: 'x'.repeat(70_000) })
    await proxied.get('http://127.0.0.1/', { headers: { 'Proxy-Authorization': 'Bearer mine' } }).catch(() => {})
    const basic = `proxy-authorization: Basic ${btoa('user:pass')}`
    const expected = [
      ['GET http://a.test/b?c HTTP/1.1', ['host: a.test', basic, 'x-mine: d', 'x-tenant: one']],
      ['POST http://a.test:81/ HTTP/1.1', ['host: a.test:81', basic, 'x-tenant: one']],
      // By fetch it can't be set.
      ['GET http://127.0.0.1/ HTTP/1.1', ['host: 127.0.0.1', 'proxy-authorization: Bearer mine', 'x-tenant: one']],
    ]
    expect(proxy.heads.map(({ text }) => partsOf(text))).toEqual(expected.slice(0, proxy.heads.length))
    expect(proxy.heads.length).toBeGreaterThanOrEqual(2)
    for (const { text } of proxy.heads) expect(text).toMatch(/\r\nconnection: close\r\n/i)
  })

  it.each(clients)('$name: keeps origins apart: none uses the connection of another', async ({ open }) => {
    const proxy = await countingProxy()
    const origins = await Promise.all([listen('http', echo), listen('http', echo)])
    const proxied = open(proxy.url())
    for (const { port } of [...origins, ...origins]) await proxied.get(`http://localhost:${port}/`)
    expect(proxy.accepted()).toBe(2)
    expect(proxied.pool.stats()).toMatchObject({ created: 2, reused: 2 })
  })

  it.each(clients)('$name: uses no connection again that the proxy does not say to keep, as tinyproxy’s', async ({ open }) => {
    let answer = ''
    const proxy = await scriptedProxy(({ socket }) => {
      socket.write(answer)
      // A second request on it would be heard here.
      socket.on('data', (chunk: Buffer) => chunk.toString().startsWith('GET') && socket.write(answer))
    })
    const count = async (fields: string) => {
      answer = `HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`
      const proxied = open(proxy.url(), { maxConnections: 1 })
      for (let time = 0; time < 3; time++) expect((await proxied.get('http://a.test/')).body).toBe('ok')
      const { created } = proxied.pool.stats()
      await proxied.pool.destroy()
      return created
    }
    expect(await count('')).toBe(3)
    expect(await count('Connection: close\r\n')).toBe(3)
    expect(await count('Connection: keep-alive\r\n')).toBe(1)
    expect(await count('Proxy-Connection: Keep-Alive\r\n')).toBe(1)
    expect(await count('Keep-Alive: timeout=5\r\n')).toBe(1)
  })

  it.each(engines)('$name: requests that wait are written for the proxy, too', async ({ open }) => {
    const proxy = await countingProxy({ credentials: 'user:pass' })
    const { port } = await listen('http', echo)
    const proxied = open(proxy.url('http', 'user:pass'), { maxConnections: 1 })
    const bodies = ['', 'a', 'b'.repeat(100_000), '']
    const answers = bodies.map((body, index) =>
      echoed(proxied.get(`http://localhost:${port}/${index}`, body === '' ? {} : { method: 'POST', body })),
    )
    expect((await Promise.all(answers)).map(({ url, body }) => [url, body])).toEqual(
      bodies.map((body, index) => [`/${index}`, body]),
    )
    expect(proxy.forwarded.map(({ url }) => url)).toEqual(bodies.map((_, index) => `http://localhost:${port}/${index}`))
    expect(proxied.pool.stats()).toMatchObject({ created: 1, reused: 3 })
  })
})

it.each(clients)('$name: a tunnel is for its origin alone, under the limits', async ({ open }) => {
  const proxy = await countingProxy()
  const origins = await Promise.all([listen('https', echo), listen('https', echo)])
  const proxied = open(proxy.url(), { maxConnections: 1 })
  const counter = countSockets(proxy.port)
  for (const { port } of [...origins, ...origins]) await proxied.get(`https://localhost:${port}/`)
  expect([counter.opened, counter.peak]).toEqual([4, 1])
  expect(proxy.tunnels).toEqual([...origins, ...origins].map(({ port }) => `localhost:${port}`))
})

it.each(engines)('$name: is asked for an IPv6 address in brackets', async ({ open }) => {
  const proxy = await scriptedProxy(({ socket }) => socket.end('HTTP/1.1 502 No\r\n\r\n'))
  const proxied = open(proxy.url())
  await errorOf(proxied.get('https://[2001:db8::1]:8443/'))
  await proxied.get('http://[2001:db8::1]:81/').catch(() => {})
  expect(proxy.heads.map(({ text }) => text.split('\r\n')[0])).toEqual([
    'CONNECT [2001:db8::1]:8443 HTTP/1.1',
    'GET http://[2001:db8::1]:81/ HTTP/1.1',
  ])
})

it.each(clients)('$name: proxyHeaders go with CONNECT, and to no origin', async ({ open }) => {
  const heads: string[] = []
  const proxy = await scriptedProxy(({ text, socket }) => {
    heads.push(text)
    socket.end('HTTP/1.1 502 No\r\n\r\n')
  })
  const proxied = open(
    proxy.url('http', 'user:pass'),
    {},
    { proxyHeaders: { 'X-Tenant': 'one', 'Proxy-Authorization': 'Bearer t' } },
  )
  await errorOf(proxied.get('https://a.test/', { headers: { 'X-Mine': 'd' } }))
  expect(heads).toEqual([
    'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nX-Tenant: one\r\nProxy-Authorization: Bearer t\r\n\r\n',
  ])
  await until(() => expect(proxied.pool.stats().open).toBe(0))
})
