import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, fetch, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { createPool, readSettings, support, translate } from '../../adapters/undici.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { PoolConfigError, PoolUnsupportedError } from '../../src/errors.ts'

async function serve(): Promise<string> {
  const server = http.createServer((incoming, response) => response.end(incoming.url)).listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

test('its options go to the functions of undici', async () => {
  const origin = await serve()
  await using pool = createPool({ maxConnections: 2 }, { headersTimeout: 1000 })
  expect(await (await request(`${origin}/a`, { ...pool.options })).body.text()).toBe('/a')
  expect(await (await fetch(`${origin}/b`, pool.options)).text()).toBe('/b')
  expect(pool.stats()).toMatchObject({ created: 1, reused: 1 })
  expect(pool.notes.map(({ field }) => field)).toEqual(['keepAlive', 'proxy', 'http2'])
})

test('pools may share one budget', async () => {
  const origin = await serve()
  await using first = createPool({ maxConnections: 1 })
  const second = createPool(first)
  await (await request(origin, { ...first.options })).body.text()
  await (await request(origin, { ...second.options })).body.text()
  expect(second.stats()).toEqual(first.stats())
  expect(first.stats()).toMatchObject({ open: 1, created: 2, evicted: 1 })
  await second.close()
  await (await request(origin, { ...first.options })).body.text()
})

test('bad configs and native options are refused before anything is opened', () => {
  expect(() => createPool({ maxConnections: 0 })).toThrow(PoolConfigError)
  expect(() => createPool({}, { pipelining: 3 } as never)).toThrow(PoolUnsupportedError)
})

test('every field is honoured, and says how undici alone does', () => {
  expect(Object.keys(support.fields)).toEqual(fieldNames)
  for (const field of fieldNames) {
    const { pool, message = '' } = support.fields[field]
    expect(['native', 'enforced']).toContain(pool)
    expect(message).not.toBe('')
  }
})

test('translate and readSettings meet', async () => {
  const { settings } = translate({ maxConnectionsPerHost: 5, keepAliveExpiry: '8s' })
  const agent = new Agent(settings)
  expect(readSettings(agent).config).toMatchObject({ maxConnectionsPerHost: 5, keepAliveExpiry: 8000 })
  await agent.close()
})
