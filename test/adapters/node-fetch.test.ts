import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import fetch3 from 'node-fetch'
import { describe, expect, it } from 'vitest'
import { createPool } from '../../adapters/node-fetch.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import { cleanup, countSockets, errorOf, listen, probeCertificate, sleep, until } from '../engines/node-agent/support.ts'

// Version 2 brings no types; it is alike enough for what is done with it here.
const fetch2 = createRequire(import.meta.url)('node-fetch2') as typeof fetch3
const clients: { [name: string]: typeof fetch3 } = { 'node-fetch 2': fetch2, 'node-fetch 3': fetch3 }

function open(config: PoolConfig = {}) {
  const pool = createPool(config, { ca: probeCertificate })
  cleanup(() => pool.destroy())
  return pool
}

const slow: RequestListener = (request, response) => setTimeout(() => response.end('ok'), Number(request.url?.slice(1)))

describe.each(Object.entries(clients))('%s', (name, fetch) => {
  it('reuses connections over both schemes', async () => {
    const [plain, secure] = await Promise.all([listen('http'), listen('https')])
    const pool = open()
    for (let round = 0; round < 3; round++) {
      for (const url of [`http://127.0.0.1:${plain.port}/`, `https://127.0.0.1:${secure.port}/`]) {
        const response = await fetch(url, { ...pool.options })
        expect(await response.text()).toBe('ok')
        await sleep(1)
      }
    }
    expect(pool.stats()).toMatchObject({ created: 2, reused: 4 })
    expect(plain.accepted()).toBe(1)
  })

  it('follows redirects from scheme to scheme in one budget', async () => {
    const secure = await listen('https', (_, response) => response.end('secure'))
    const plain = await listen('http', (_, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${secure.port}/` })
      response.end()
    })
    const counter = countSockets(plain.port, secure.port)
    const pool = open({ maxConnections: 1, acquireTimeout: '2s' })
    for (let round = 0; round < 3; round++) {
      const response = await fetch(`http://127.0.0.1:${plain.port}/`, { ...pool.options })
      expect(await response.text()).toBe('secure')
    }
    expect(counter.peak).toBe(1)
    await pool.close()
    expect(pool.stats().open).toBe(0)
  })

  it('leaves by a signal while it waits, and raises the errors of the pool', async () => {
    const { port } = await listen('http', slow)
    const pool = open({ maxConnections: 1, acquireTimeout: 80 })
    const first = fetch(`http://127.0.0.1:${port}/150`, { ...pool.options }).then((response) => response.text())
    const controller = new AbortController()
    const aborted = errorOf(fetch(`http://127.0.0.1:${port}/0`, { ...pool.options, signal: controller.signal as never }))
    const late = errorOf(fetch(`http://127.0.0.1:${port}/0`, { ...pool.options }))
    await sleep(20)
    controller.abort()
    expect(await aborted).toMatchObject({ name: 'AbortError' })
    const error = await late
    expect(isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')).toBe(true)
    expect(error).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT' })
    expect(await first).toBe('ok')
    await until(() => expect(pool.stats()).toMatchObject({ pending: 0, aborted: 1, acquireTimeouts: 1 }))
  })

  it('keeps the place of a body that is not read; an abort frees it', async () => {
    const { port } = await listen('http', (_, response) => response.end('x'.repeat(5e6)))
    const pool = open({ maxConnections: 1, acquireTimeout: 60 })
    const controller = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/`, { ...pool.options, signal: controller.signal as never })
    response.body?.on('error', () => {})
    expect(await errorOf(fetch(`http://127.0.0.1:${port}/`, { ...pool.options }))).toMatchObject({
      code: 'ERR_POOL_ACQUIRE_TIMEOUT',
    })
    if (name.endsWith('3')) (response.body as unknown as { destroy(): void }).destroy()
    else controller.abort()
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { ...pool.options })).text()).toHaveLength(5e6)
  })

  it('sends a body, also through a redirect that keeps it', async () => {
    const { port, accepted } = await listen('http', (request, response) => {
      if (request.url === '/307') {
        response.writeHead(307, { location: '/' })
        response.end()
      } else request.pipe(response)
    })
    const pool = open({ maxConnections: 1 })
    const post = async (path: string) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { ...pool.options, method: 'POST', body: 'body' })).text()
    for (const path of ['/', '/307', '/']) expect(await post(path)).toBe('body')
    expect(accepted()).toBeLessThanOrEqual(3)
    // The answers are chunked: node-fetch 2 looks at the socket's listeners to tell whether they have ended.
    expect(await Promise.all(['/', '/', '/', '/'].map(post))).toEqual(['body', 'body', 'body', 'body'])
    expect(accepted()).toBeLessThanOrEqual(3)
    expect(pool.stats().open).toBe(1)
  })
})
