import http, { type RequestListener } from 'node:http'
import axios, { type AxiosError } from 'axios'
import { afterEach, describe, expect, it } from 'vitest'
import { createPool, readSettings, support } from '../../adapters/axios.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import { cleanup, countSockets, errorOf, listen, probeCertificate, sleep, until } from '../engines/node-agent/support.ts'

function open(config: PoolConfig = {}) {
  const pool = createPool(config, { ca: probeCertificate })
  cleanup(() => pool.destroy())
  return { pool, api: axios.create(pool.options) }
}

const slow: RequestListener = (request, response) => setTimeout(() => response.end('ok'), Number(request.url?.slice(1)))

describe('axios', () => {
  afterEach(() => {
    delete process.env.http_proxy
  })

  it('gives the options that axios takes', async () => {
    const { pool } = open({ maxConnections: 7 })
    expect(Object.keys(pool.options)).toEqual(['httpAgent', 'httpsAgent', 'proxy'])
    expect(pool.options.proxy).toBe(false)
    expect(pool.config.maxConnections).toBe(7)
    expect(pool.notes).toContainEqual(expect.objectContaining({ field: 'tcpKeepAlive', support: 'approximated' }))
    for (const field of ['proxy', 'adapter', 'timeout']) expect(support.advice.map((note) => note.field)).toContain(field)
  })

  it.each([0, undefined])('follows redirects from scheme to scheme in one budget (maxRedirects: %s)', async (maxRedirects) => {
    const secure = await listen('https', (_, response) => response.end('secure'))
    const plain = await listen('http', (_, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${secure.port}/` })
      response.end()
    })
    const counter = countSockets(plain.port, secure.port)
    const { pool, api } = open({ maxConnections: 1, acquireTimeout: '2s' })
    const options = maxRedirects === undefined ? {} : { maxRedirects, validateStatus: () => true }
    for (let round = 0; round < 3; round++) {
      const { status, data } = await api.get(`http://127.0.0.1:${plain.port}/`, options)
      expect(maxRedirects === undefined ? data : status).toBe(maxRedirects === undefined ? 'secure' : 302)
    }
    expect(counter.peak).toBe(1)
    await pool.close()
  })

  it('leaves by a signal while it waits, and is not sent', async () => {
    const seen: string[] = []
    const { port } = await listen('http', (request, response) => {
      seen.push(request.url ?? '')
      slow(request, response)
    })
    for (const maxRedirects of [0, 5]) {
      const { pool, api } = open({ maxConnections: 1 })
      const first = api.get(`http://127.0.0.1:${port}/80`, { maxRedirects })
      await sleep(10)
      const controller = new AbortController()
      const second = errorOf(api.get(`http://127.0.0.1:${port}/1`, { maxRedirects, signal: controller.signal }))
      await sleep(10)
      expect(pool.stats().pending).toBe(1)
      controller.abort()
      expect(await second).toMatchObject({ code: 'ERR_CANCELED' })
      expect(pool.stats()).toMatchObject({ pending: 0, aborted: 1 })
      await first
    }
    expect(seen).toEqual(['/80', '/80'])
  })

  it('covers the wait by its own timeout with maxRedirects: 0, and by acquireTimeout otherwise', async () => {
    const { port } = await listen('http', slow)
    const { api, pool } = open({ maxConnections: 1, acquireTimeout: 120 })
    const url = `http://127.0.0.1:${port}`
    const first = api.get(`${url}/250`)
    await sleep(5)
    const [own, pools] = await Promise.all([
      errorOf(api.get(`${url}/0`, { timeout: 40, maxRedirects: 0 })),
      errorOf(api.get(`${url}/0`, { timeout: 40 })),
    ])
    expect(own).toMatchObject({ code: 'ECONNABORTED' })
    expect(pools).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT', name: expect.any(String) })
    expect(isPoolError(pools, 'ERR_POOL_ACQUIRE_TIMEOUT')).toBe(true)
    expect((pools as AxiosError).cause).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT' })
    await first
    expect(pool.stats()).toMatchObject({ pending: 0, acquireTimeouts: 1 })
  })

  it('keeps one connection over many requests, without gathering listeners', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const { port, accepted } = await listen('http', (_, response) => response.end('ok'))
    const { api, pool } = open({ maxConnections: 1 })
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          api.post(`http://127.0.0.1:${port}/`, 'x', { maxRedirects: index % 3, timeout: 5000 }),
        ),
      )
    }
    await sleep(1)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(accepted()).toBe(1)
    expect(pool.stats()).toMatchObject({ created: 1, reused: 299 })
  })

  it("does not lend its socket listeners to other requests of the pool's", async () => {
    const { port, accepted } = await listen('http', slow)
    const { api, pool } = open({ maxConnections: 1 })
    await api.get(`http://127.0.0.1:${port}/0`, { timeout: 50 })
    await new Promise((resolve) =>
      http.get({ port, host: '127.0.0.1', path: '/120', agent: pool.options.httpAgent, timeout: 30 }, (response) =>
        response.resume().on('end', resolve),
      ),
    )
    expect(accepted()).toBe(1)
  })

  it('connects directly though the environment names a proxy, and is not cloned by axios where that is undone', async () => {
    const proxied: string[] = []
    const proxy = await listen('http', (request, response) => {
      proxied.push(request.url ?? '')
      response.end('proxied')
    })
    const { port } = await listen('http', (_, response) => response.end('direct'))
    process.env.http_proxy = `http://127.0.0.1:${proxy.port}`
    const { pool, api } = open({ maxConnections: 1 })
    expect(pool.notes).toContainEqual(
      expect.objectContaining({
        field: 'proxy',
        message: expect.stringMatching(/^http_proxy is set in the environment, but the pool/),
      }),
    )
    expect((await api.get(`http://127.0.0.1:${port}/`)).data).toBe('direct')
    expect(proxied).toEqual([])
    const { proxy: _, ...agents } = pool.options
    const through = axios.create(agents)
    expect((await through.get('http://target.invalid/')).data).toBe('proxied')
    expect(proxied).toEqual(['http://target.invalid/'])
    expect(pool.stats()).toMatchObject({ created: 2, open: 1 })
    for (const client of [through, api, pool.options]) expect(readSettings(client).config).toEqual(pool.config)
    expect(readSettings(pool.options).notes.map(({ field }) => field)).not.toContain('proxy')
  })

  it('refuses after close, and streams free their place when they are destroyed', async () => {
    const { port } = await listen('http', (_, response) => response.end('x'.repeat(1e6)))
    const { pool, api } = open({ maxConnections: 1 })
    const { data } = await api.get(`http://127.0.0.1:${port}/`, { responseType: 'stream' })
    const next = api.get(`http://127.0.0.1:${port}/`)
    data.destroy()
    expect((await next).data).toHaveLength(1e6)
    await pool.close()
    expect(isPoolError(await errorOf(api.get(`http://127.0.0.1:${port}/`)), 'ERR_POOL_CLOSED')).toBe(true)
    await until(() => expect(pool.stats().open).toBe(0))
  })
})
