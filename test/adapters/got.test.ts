import type { RequestListener } from 'node:http'
import http2 from 'node:http2'
import got16 from 'got'
import got14 from 'got14'
import got15 from 'got15'
import { describe, expect, it } from 'vitest'
import { createPool, support } from '../../adapters/got.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import {
  cleanup,
  countSockets,
  errorOf,
  HoldingHandler,
  listen,
  probeCertificate,
  probeKey,
  sleep,
  stopwatch,
  until,
} from '../engines/node-agent/support.ts'

// Their types are alike enough for what is done with them here.
const clients = { got14, got15, got16 } as unknown as { [name: string]: typeof got16 }

function open(got: typeof got16, config: PoolConfig = {}, native = {}) {
  const pool = createPool(config, { ca: probeCertificate, ...native })
  cleanup(() => pool.destroy())
  return { pool, api: got.extend(pool.options).extend({ retry: { limit: 0 } }) }
}

const slow: RequestListener = (request, response) => setTimeout(() => response.end('ok'), Number(request.url?.slice(1)))

describe('got', () => {
  it('gives the options that got takes', () => {
    const { pool } = open(got16)
    expect(pool.options).toMatchObject({ agent: { http: {}, https: {} }, request: expect.any(Function) })
    expect(support.advice.map(({ field }) => field)).toEqual(['request', 'retry'])
    // The types of each version take them.
    got14.extend(pool.options)
    got15.extend(pool.options)
    got16.extend(pool.options)
  })
})

describe.each(Object.entries(clients))('%s', (_, got) => {
  it('reuses connections over both schemes, with TLS options of its own too', async () => {
    const [plain, secure] = await Promise.all([listen('http'), listen('https')])
    const { pool, api } = open(got, {}, { ca: undefined })
    const https = { certificateAuthority: [probeCertificate], alpnProtocols: ['http/1.1'] }
    for (let round = 0; round < 3; round++) {
      expect(await api(`http://127.0.0.1:${plain.port}/`).text()).toBe('ok')
      expect(await api(`https://127.0.0.1:${secure.port}/`, { https }).text()).toBe('ok')
      await sleep(1)
    }
    expect(plain.accepted()).toBe(1)
    expect(secure.accepted()).toBe(1)
    expect(pool.stats()).toMatchObject({ created: 2, reused: 4 })
  })

  it('follows redirects from scheme to scheme in one budget', async () => {
    const secure = await listen('https', (_, response) => response.end('secure'))
    const plain = await listen('http', (_, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${secure.port}/` })
      response.end()
    })
    const counter = countSockets(plain.port, secure.port)
    const { api } = open(got, { maxConnections: 1, acquireTimeout: '2s' })
    for (let round = 0; round < 2; round++) expect(await api(`http://127.0.0.1:${plain.port}/`).text()).toBe('secure')
    expect(counter.peak).toBe(1)
  })

  it('is left while it waits, by its timeout and by a signal', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen('http', holding.handler)
    const { pool, api } = open(got, { maxConnections: 1 })
    const first = api(`http://127.0.0.1:${port}/hold`).text()
    await sleep(10)
    const controller = new AbortController()
    const elapsed = stopwatch()
    const timed = errorOf(api(`http://127.0.0.1:${port}/1`, { timeout: { request: 50 } }))
    const aborted = errorOf(api(`http://127.0.0.1:${port}/2`, { signal: controller.signal }))
    setTimeout(() => controller.abort(), 50)
    expect(await timed).toMatchObject({ code: 'ETIMEDOUT' })
    expect(await aborted).toMatchObject({ name: 'AbortError' })
    expect(elapsed()).toBeLessThan(150)
    await until(() => expect(pool.stats()).toMatchObject({ pending: 0, aborted: 2 }))
    holding.release()
    await first
    expect(holding.seen).toEqual(['/hold'])
  })

  it('raises the errors of the pool, and retries them if it is told to', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen('http', holding.handler)
    const { pool, api } = open(got, { maxConnections: 1, acquireTimeout: 80 })
    const first = api(`http://127.0.0.1:${port}/hold`).text()
    await sleep(10)
    const retry = {
      limit: 3,
      errorCodes: ['ERR_POOL_ACQUIRE_TIMEOUT'],
      calculateDelay: ({ computedValue }: { computedValue: number }) => computedValue && 5,
    }
    const retries: number[] = []
    const hooks = {
      beforeRetry: [
        (_: unknown, count: number) => {
          retries.push(count)
          // The other has been refused by then: it came first.
          holding.release()
        },
      ],
    }
    const [refused, retried] = await Promise.all([
      errorOf(api(`http://127.0.0.1:${port}/0`)),
      api(`http://127.0.0.1:${port}/0`, { retry, hooks }).text(),
    ])
    expect(isPoolError(refused, 'ERR_POOL_ACQUIRE_TIMEOUT')).toBe(true)
    expect(refused.code).toBe('ERR_POOL_ACQUIRE_TIMEOUT')
    expect(retried).toBe('ok')
    expect(retries.length).toBeGreaterThan(0)
    await first
    expect(pool.stats().pending).toBe(0)
    expect(pool.stats().acquireTimeouts).toBeGreaterThanOrEqual(2)
  })

  it('runs its hooks, and its cache goes through the pool', async () => {
    const { port, accepted } = await listen('http', (_, response) => {
      response.setHeader('cache-control', 'max-age=60')
      response.end('cached')
    })
    const { pool, api } = open(got, { maxConnections: 1 })
    const cache = new Map()
    const hooks: string[] = []
    const withHooks = api.extend({
      cache: cache as never,
      hooks: {
        beforeRequest: [() => void hooks.push('before')],
        afterResponse: [
          (response) => {
            hooks.push('after')
            return response
          },
        ],
      },
    })
    for (let round = 0; round < 3; round++) expect(await withHooks(`http://127.0.0.1:${port}/`).text()).toBe('cached')
    expect(hooks).toHaveLength(6)
    expect(pool.stats()).toMatchObject({ created: 1, reused: 0 })
    expect(accepted()).toBe(1)
  })

  it('streams, and a destroyed stream frees its place', async () => {
    const { port } = await listen('http', (_, response) => response.end('x'.repeat(1e6)))
    const { pool, api } = open(got, { maxConnections: 1 })
    const stream = api.stream(`http://127.0.0.1:${port}/`)
    stream.on('error', () => {})
    await new Promise((resolve) => stream.once('response', resolve))
    const next = api(`http://127.0.0.1:${port}/`).text()
    stream.destroy()
    expect(await next).toHaveLength(1e6)
    await until(() => expect(pool.stats()).toMatchObject({ open: 1, active: 0 }))
  })

  it('keeps to the limits with http2: true, whatever the server speaks', async () => {
    const plain = await listen('https', slow)
    const both = http2.createSecureServer({ key: probeKey, cert: probeCertificate, allowHTTP1: true }, (request, response) =>
      setTimeout(() => response.end('ok'), Number(request.url.slice(1))),
    )
    await new Promise<void>((resolve) => both.listen(0, '127.0.0.1', resolve))
    cleanup(() => new Promise<unknown>((resolve) => both.close(resolve)))
    const { port } = both.address() as { port: number }
    const counter = countSockets(plain.port, port)
    const { pool, api } = open(got, { maxConnections: 2, maxConnectionsPerHost: 1 })
    const modern = api.extend({ http2: true })
    const urls = [plain.port, port].flatMap((to) => Array.from({ length: 4 }, () => `https://127.0.0.1:${to}/10`))
    const bodies = await Promise.all(urls.map((url) => modern(url).text()))
    expect(bodies).toEqual(urls.map(() => 'ok'))
    expect(counter.peak).toBe(2)
    expect(counter.totals(port).peak).toBe(1)
    expect(counter.opened).toBe(2)
    expect(pool.stats()).toMatchObject({ created: 2, reused: 6 })
    await pool.close()
  })
})
