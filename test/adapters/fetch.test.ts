import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createPool, readSettings, support, translate } from '../../adapters/fetch.ts'
import { isPoolError } from '../../src/errors.ts'

async function serve(): Promise<string> {
  const server = http.createServer(async (incoming, response) => {
    if (incoming.url === '/redirect') return response.writeHead(302, { location: '/landed' }).end()
    if (incoming.url === '/gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked'))
    if (incoming.url === '/big') return response.end(Buffer.alloc(3_000_000))
    const chunks = await incoming.toArray()
    response.setHeader('x-type', incoming.headers['content-type'] ?? '')
    return response.end(`${incoming.method} ${incoming.url} ${Buffer.concat(chunks)}`)
  })
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

test('pool.fetch is the fetch of the platform, with all that it takes and gives', async () => {
  const origin = await serve()
  await using pool = createPool({ maxConnections: 1 })
  const response = await pool.fetch(origin)
  expect(response).toBeInstanceOf(Response)
  expect([response.status, await response.text()]).toEqual([200, 'GET / '])
  const text = async (...args: Parameters<typeof fetch>) => (await pool.fetch(...args)).text()
  expect(await text(new URL('/url', origin))).toBe('GET /url ')
  expect(await text(new Request(`${origin}/request`, { method: 'PUT', body: 'x' }))).toBe('PUT /request x')
  expect(await text(`${origin}/redirect`)).toBe('GET /landed ')
  expect(await text(`${origin}/gzip`)).toBe('unpacked')
  expect((await (await pool.fetch(`${origin}/big`)).arrayBuffer()).byteLength).toBe(3_000_000)
  const form = new FormData()
  form.set('name', 'value')
  const posted = await pool.fetch(origin, { method: 'POST', body: form })
  expect(posted.headers.get('x-type')).toMatch(/^multipart\/form-data/)
  expect(await posted.text()).toContain('name="name"')
  const body = new Blob(['streamed']).stream()
  expect(await text(origin, { method: 'POST', body, duplex: 'half' })).toBe('POST / streamed')
  expect(pool.stats()).toMatchObject({ created: 1, open: 1 })
})

test('the global fetch takes its options', async () => {
  const origin = await serve()
  await using pool = createPool()
  expect(await (await fetch(origin, pool.options)).text()).toBe('GET / ')
  expect(pool.stats().created).toBe(1)
})

test('errors of the pool are found in those of fetch', async () => {
  const origin = await serve()
  const pool = createPool()
  await pool.close()
  const error = await pool.fetch(origin).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(TypeError)
  expect(isPoolError(error, 'ERR_POOL_CLOSED')).toBe(true)
})

test('a body that is given up frees its connection', async () => {
  const origin = await serve()
  await using pool = createPool({ maxConnections: 1 })
  const response = await pool.fetch(`${origin}/big`)
  await response.body?.cancel()
  expect((await pool.fetch(origin)).status).toBe(200)
})

test('it declares, translates and reads what undici does', () => {
  expect(support).toMatchObject({ client: 'fetch', peer: { name: 'undici' } })
  expect(translate({ maxConnectionsPerHost: 5 }).settings.connections).toBe(5)
  expect(readSettings({ connections: 5 }).config.maxConnectionsPerHost).toBe(5)
})
