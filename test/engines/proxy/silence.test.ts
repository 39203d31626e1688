import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { countSockets, errorOf, stopwatch, until } from '../node-agent/support.ts'
import { engines } from './engines.ts'
import { silences } from './silences.ts'

describe.each(silences)('silence at %s (%s)', (_, scheme, state, start) => {
  const to = `${scheme}://a.test:81/`

  it.each(engines)('$name: is over at connectTimeout, by an error that names the step; the cap holds', async ({ open }) => {
    const { url, accepted } = await start()
    const proxied = open(url, { maxConnections: 2, connectTimeout: 400, acquireTimeout: 'unlimited' })
    const counter = countSockets()
    const errors = await Promise.all(Array.from({ length: 6 }, () => errorOf(proxied.get(to))))
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'ERR_POOL_CONNECT_TIMEOUT',
        pool: 'proxied',
        origin: `${scheme}://a.test:81`,
        limit: 400,
      })
      expect(error.message).toMatch(state)
      expect(inspect(error, { depth: 10 })).not.toMatch(/secret|dXNlcj/)
    }
    expect([counter.peak, counter.opened, accepted()]).toEqual([2, 6, 6])
    await proxied.expectEmpty()
    expect(counter.open).toBe(0)
  })

  it.each(engines)('$name: ends by a signal at once, and its place is free when its socket has closed', async ({ open }) => {
    const { url, accepted } = await start()
    const proxied = open(url, { maxConnections: 1, connectTimeout: 'unlimited' })
    const counter = countSockets()
    const [first, second] = [new AbortController(), new AbortController()]
    const given = errorOf(proxied.get(to, { signal: first.signal }))
    const waiting = errorOf(proxied.get(to, { signal: second.signal }))
    await until(() => expect(accepted()).toBe(1))
    let sinceClose: (() => number) | undefined
    counter.all[0]?.socket.once('close', () => {
      sinceClose = stopwatch()
    })
    first.abort()
    expect(await given).toMatchObject({ name: 'AbortError' })
    await until(() => expect(counter.opened).toBe(2))
    expect(sinceClose?.()).toBeLessThan(50)
    expect([counter.peak, counter.timeline().replaceAll(/:\d+/g, '')]).toEqual([1, '+1 -1 +2'])
    second.abort()
    await waiting
    await proxied.expectEmpty()
    await until(() => expect(counter.open).toBe(0))
  })

  it.each(engines)('$name: ends with the pool', async ({ open }) => {
    const { url, accepted } = await start()
    const proxied = open(url, { maxConnections: 1, connectTimeout: 'unlimited' })
    const counter = countSockets()
    const failed = errorOf(proxied.get(to))
    void proxied.pool.preconnect(`${scheme}://b.test`)
    await until(() => expect(accepted()).toBe(1))
    await proxied.pool.destroy()
    expect(await failed).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    expect(counter.open).toBe(0)
  })

  it.each(engines)('$name: of a connection ahead of requests is over at connectTimeout', async ({ open }) => {
    const { url } = await start()
    const proxied = open(url, { connectTimeout: 50 })
    expect(await proxied.pool.preconnect(to)).toBe(0)
    await proxied.expectEmpty()
  })
})

it.each(engines)('$name: silence of a look-up is told of as the proxy’s that was not reached', async ({ open }) => {
  const proxied = open('http://proxy.test:3128', { connectTimeout: 50 }, { lookup: () => {} })
  expect((await errorOf(proxied.get('https://a.test/'))).message).toMatch(
    /the proxy http:\/\/proxy\.test:3128 was not reached by then/,
  )
  await proxied.expectEmpty()
})
