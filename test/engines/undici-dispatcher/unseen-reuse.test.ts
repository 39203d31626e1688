import { expect, test, vi } from 'vitest'
import { open, serve, until, versions } from './harness.ts'

// As under a version of undici that does not show on the socket what it is going to do with it.
vi.mock('../../../src/engines/undici-dispatcher/reuse.ts', () => ({ willBeKept: () => false }))

test.each(versions)('$name: connections are used again where that is seen only afterwards', async ({ api, ...version }) => {
  const { origin, sockets } = await serve((request, response) => {
    response.setHeader('keep-alive', 'timeout=2')
    if (request.url === '/last') response.setHeader('connection', 'close')
    response.end(request.url)
  })
  const pool = open({ api, ...version }, { maxConnections: 1, keepAliveExpiry: '10s', keepAliveHintMargin: 1000 })
  const get = async (path: string) => (await api.request(origin + path, { dispatcher: pool.dispatcher })).body.text()
  expect(await Promise.all(['/a', '/b', '/last', '/c', '/d'].map(get))).toEqual(['/a', '/b', '/last', '/c', '/d'])
  expect(sockets.length).toBe(2)
  await until(() => pool.stats().open === 0, 1200)
  expect(pool.stats()).toMatchObject({ created: 2, reused: 3, expired: 1 })
})
