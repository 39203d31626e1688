import http from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { findProgram } from '../../programs.ts'
import { Fleet, startHaproxy, startNginx } from './fleet.ts'
import { Upstream, until } from './upstream.ts'

const programs = { haproxy: findProgram('haproxy'), nginx: findProgram('nginx') }

const fleet = new Fleet()
afterAll(() => fleet.stop())

/** One after the other, each on a connection of its own to the proxy: what it answered. */
async function ask(url: string, path: string, method = 'GET', times = 1): Promise<string[]> {
  const answers: string[] = []
  for (let at = 0; at < times; at++) {
    answers.push(
      await new Promise<string>((resolve, reject) => {
        const request = http.request(new URL(path, url), { method, agent: false }, (response) => {
          const { statusCode, headers } = response
          response.resume().on('end', () => resolve([statusCode, headers['polypool-limit'] ?? []].flat().join(' ')))
        })
        request.on('error', reject).end(method === 'POST' ? 'body' : undefined)
      }),
    )
  }
  return answers
}

describe.runIf(programs.haproxy)('HAProxy', () => {
  const file = programs.haproxy ?? ''

  it('opens no more than the limit for four processes, and uses them again', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 10, keepAliveExpiry: '1m' }, upstream.url)
    expect(await fleet.run({ url, requests: 150, atOnce: 25 })).toEqual({ 200: 600 })
    expect(upstream.runningPeak).toBe(10)
    expect(upstream.peak).toBe(10)
    expect(upstream.opened).toBe(10)
  })

  it('sends no more at a time with several threads', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 10, keepAliveExpiry: '1m' }, upstream.url, 2)
    expect(await fleet.run({ url, requests: 100, atOnce: 25 })).toEqual({ 200: 400 })
    expect(upstream.runningPeak).toBe(10)
    // An idle one of another thread may be passed over.
    expect(upstream.peak).toBeLessThanOrEqual(20)
  })

  it('lets as many wait as may, and says that no more may', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 3, acquireTimeout: '1h', maxPending: 4 }, upstream.url)
    let releasing: NodeJS.Timeout | undefined
    const answers = await fleet.run({ url: `${url}/held`, requests: 5, atOnce: 5 }, ({ '503 ERR_POOL_QUEUE_FULL': refused }) => {
      if (refused === 13) releasing ??= setInterval(() => upstream.release(), 10)
    })
    clearInterval(releasing)
    expect(answers).toEqual({ 200: 7, '503 ERR_POOL_QUEUE_FULL': 13 })
    expect(upstream.peak).toBe(3)
  })

  it('lets them wait as long as they may, and says that it was too long', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 3, acquireTimeout: 400 }, upstream.url)
    const answers = await fleet.run(
      { url: `${url}/held`, requests: 5, atOnce: 5 },
      ({ '503 ERR_POOL_ACQUIRE_TIMEOUT': refused }) => {
        if (refused === 17) upstream.release()
      },
    )
    expect(answers).toEqual({ 200: 3, '503 ERR_POOL_ACQUIRE_TIMEOUT': 17 })
    expect(upstream.paths).toEqual(['/held', '/held', '/held'])
  })

  it.each([
    [{ block: false, maxOverflow: 0 }, 'ERR_POOL_FULL'],
    [{ maxPending: 0 }, 'ERR_POOL_QUEUE_FULL'],
  ])('refuses at once what may not wait: %j', async (config, limit) => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 2, ...config }, upstream.url)
    const held = [ask(url, '/held'), ask(url, '/held')]
    await until(() => upstream.held === 2)
    expect(await ask(url, '/', 'GET', 3)).toEqual([`503 ${limit}`, `503 ${limit}`, `503 ${limit}`])
    upstream.release()
    expect((await Promise.all(held)).flat()).toEqual(['200', '200'])
    expect(await ask(url, '/')).toEqual(['200'])
  })

  it('sends nothing of who has left while waiting', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 1, maxPending: 1, acquireTimeout: '1h' }, upstream.url)
    const held = ask(url, '/held')
    await until(() => upstream.held === 1)
    const left = http.get(`${url}/left`, { agent: false }).on('error', () => {})
    await new Promise((resolve) => left.on('socket', (socket) => socket.once('connect', resolve)))
    // Another is refused as long as that one waits.
    expect(await ask(url, '/refused')).toEqual(['503 ERR_POOL_QUEUE_FULL'])
    left.destroy()
    const waits = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1500))
    let answer: string[] | undefined
    let after: Promise<string[]>
    do {
      after = ask(url, '/after')
      answer = await Promise.race([after, waits])
    } while (answer !== undefined)
    upstream.release()
    expect([...(await held), ...(await after)]).toEqual(['200', '200'])
    expect(upstream.paths).toEqual(['/held', '/after'])
  })

  it('closes idle connections within their expiry, while others without one stay', async () => {
    const [upstream, lasting] = [await Upstream.listen(), await Upstream.listen()]
    const url = await startHaproxy(file, { keepAliveExpiry: '1s' }, upstream.url)
    const other = await startHaproxy(file, { keepAliveExpiry: 'unlimited' }, lasting.url)
    for (const one of [url, other]) expect(await fleet.run({ url: one, requests: 4, atOnce: 4 })).toEqual({ 200: 16 })
    const kept = lasting.open
    expect(kept).toBeGreaterThan(0)
    await until(() => upstream.open === 0)
    expect(lasting.open).toBe(kept)
  })

  it('keeps no connection where none is to be kept', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 4, keepAlive: false }, upstream.url)
    expect(await fleet.run({ url, requests: 10, atOnce: 5 })).toEqual({ 200: 40 })
    expect(upstream.opened).toBe(40)
    expect(upstream.runningPeak).toBeLessThanOrEqual(4)
    await until(() => upstream.open === 0)
  })

  it('asks again for what met a closed connection, if that is safe', async () => {
    const upstream = await Upstream.listen()
    const url = await startHaproxy(file, { maxConnections: 1 }, upstream.url)
    expect(await ask(url, '/once', 'GET', 4)).toEqual(['200', '200', '200', '200'])
    expect(await ask(url, '/once', 'POST', 1)).toEqual(['502'])
    const without = await startHaproxy(file, { maxConnections: 1, retryStale: false }, upstream.url)
    expect(await ask(without, '/once', 'GET', 2)).toEqual(['200', '502'])
  })

  it('marks no refusal of others as its own', async () => {
    const url = await startHaproxy(file, { maxConnections: 1 }, 'http://127.0.0.1:1')
    expect(await ask(url, '/')).toEqual(['503'])
  })
})

describe.runIf(programs.nginx)('nginx', () => {
  const file = programs.nginx ?? ''

  it('opens no more than the limit for four processes with one worker, and refuses the rest by name', async () => {
    const upstream = await Upstream.listen()
    const url = await startNginx(file, { maxConnections: 3 }, upstream.url)
    const answers = await fleet.run({ url: `${url}/held`, requests: 5, atOnce: 5 }, ({ '502 ERR_POOL_FULL': refused }) => {
      if (refused === 17) upstream.release()
    })
    expect(answers).toEqual({ 200: 3, '502 ERR_POOL_FULL': 17 })
    expect(upstream.peak).toBe(3)
  })

  it('uses connections again, and opens no more than twice the limit with two workers', async () => {
    const upstream = await Upstream.listen()
    const url = await startNginx(file, { maxConnections: 10, keepAliveExpiry: '1m' }, upstream.url, 2)
    const answers = await fleet.run({ url, requests: 100, atOnce: 2 })
    expect(answers).toEqual({ 200: 400 })
    expect(upstream.peak).toBeLessThanOrEqual(20)
    expect(upstream.opened).toBeLessThanOrEqual(20)
    expect(upstream.runningPeak).toBeLessThanOrEqual(10)
  })

  it('closes idle connections when they expire, while others without an expiry stay', async () => {
    const [upstream, lasting] = [await Upstream.listen(), await Upstream.listen()]
    const url = await startNginx(file, { keepAliveExpiry: '500ms' }, upstream.url)
    const other = await startNginx(file, { keepAliveExpiry: 'unlimited' }, lasting.url)
    for (const one of [url, other]) expect(await fleet.run({ url: one, requests: 4, atOnce: 4 })).toEqual({ 200: 16 })
    const kept = lasting.open
    expect(kept).toBeGreaterThan(0)
    await until(() => upstream.open === 0)
    expect(lasting.open).toBe(kept)
  })

  it('closes a connection after its requests, after its time, or after each', async () => {
    const [few, short, none] = [await Upstream.listen(), await Upstream.listen(), await Upstream.listen()]
    const url = await startNginx(file, { maxRequestsPerConnection: 5, keepAliveExpiry: '1m' }, few.url)
    expect(new Set(await ask(url, '/', 'GET', 20))).toEqual(new Set(['200']))
    expect(few.opened).toBe(4)
    const lifetime = await startNginx(file, { maxLifetime: 200, keepAliveExpiry: '1m' }, short.url)
    while (short.opened < 3) await ask(lifetime, '/')
    expect(short.paths.length).toBeGreaterThan(3)
    const single = await startNginx(file, { keepAlive: false }, none.url)
    await ask(single, '/', 'GET', 5)
    expect(none.opened).toBe(5)
  })

  it('asks again for what met a closed connection, if that is safe', async () => {
    const upstream = await Upstream.listen()
    const url = await startNginx(file, { maxConnections: 1 }, upstream.url)
    expect(await ask(url, '/once', 'GET', 4)).toEqual(['200', '200', '200', '200'])
    expect(await ask(url, '/once', 'POST', 1)).toEqual(['502'])
    const without = await startNginx(file, { maxConnections: 1, retryStale: false }, upstream.url)
    expect(await ask(without, '/once', 'GET', 2)).toEqual(['200', '502'])
  })

  it('marks no refusal of others as its own', async () => {
    const url = await startNginx(file, { maxConnections: 1 }, 'http://127.0.0.1:1')
    expect(await ask(url, '/')).toEqual(['502'])
  })
})
