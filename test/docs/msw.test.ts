// What docs/guides/tests.md says of msw, fetch and undici. In a file of its own: nock, once imported, has replaced the global fetch already.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { request } from 'undici'
import { expect, it } from 'vitest'
import { createPool } from '../../adapters/fetch.ts'
import * as undiciPool from '../../adapters/undici.ts'

it('msw that is started after polypool was loaded answers fetch with the options of a pool, and neither pool.fetch nor undici', async () => {
  const network = createServer((_, response) => response.end('network'))
  await once(network.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(network.address() as AddressInfo).port}/`
  const mock = setupServer(http.get(url, () => HttpResponse.text('msw')))
  mock.listen()
  const pool = createPool({ maxConnections: 1 })
  const other = createPool({ maxConnections: 1 })
  const undici = undiciPool.createPool()

  const byPool = await pool.fetch(url).then((response) => response.text())
  const answers = Array.from({ length: 3 }, () => fetch(url, { ...other.options }).then((response) => response.text()))
  const byUndici = await request(url, { ...undici.options }).then(({ body }) => body.text())
  expect([byPool, byUndici, ...(await Promise.all(answers))]).toEqual(['network', 'network', 'msw', 'msw', 'msw'])
  expect(other.stats().created + other.stats().reused).toBe(3)

  mock.close()
  await Promise.all([pool.destroy(), other.destroy(), undici.destroy()])
  network.close()
})
