import type { LookupFunction } from 'node:net'
import { describe, expect, test } from 'vitest'
import { freePort } from '../programs.ts'
import { errorOf, expectEmpty, get, listen, open as openAgents, until, variants } from './node-agent/support.ts'
import { getterOf, open, serve, versions } from './undici-dispatcher/harness.ts'

type Callback = (...given: unknown[]) => void

/** Look-ups of the caller's that give no address. */
const lookups: { readonly [how: string]: (host: string, options: object, callback: Callback) => unknown } = {
  throws: () => {
    throw new Error('no name')
  },
  'is async and throws': async () => {
    throw new Error('no name')
  },
  'fails at once': (_host, _options, callback) => callback(new Error('no name')),
  'fails later': (_host, _options, callback) => setTimeout(callback, 5, new Error('no name')),
  'knows no address': (_host, _options, callback) => callback(null, []),
  'gives what is none': (_host, _options, callback) => callback(null, 'nonsense', 4),
}

/** Only of that name; what is an address is not asked for. */
const failing = Object.entries(lookups).map(([how, lookup]) => [how, lookup as LookupFunction] as const)

describe.each(variants)('$name: created counts what was on the wire', (variant) => {
  test.each(failing)('not what fails because its look-up %s', async (_, lookup) => {
    const { port } = await listen(variant.scheme)
    const opened = openAgents(variant, {}, { lookup })
    await errorOf(get(opened, { host: 'name.test', port }))
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, created: 0 }))
    await get(opened, { host: '127.0.0.1', port })
    expect(opened.pool.stats()).toMatchObject({ open: 1, created: 1, reused: 0 })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  test('and what was refused', async () => {
    const opened = openAgents(variant)
    await errorOf(get(opened, { host: '127.0.0.1', port: await freePort() }))
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, created: 1 }))
  })

  test('also of those that are opened ahead', async () => {
    const { port } = await listen(variant.scheme)
    const opened = openAgents(variant, {}, { lookup: lookups['fails later'] as LookupFunction })
    await opened.pool.preconnect(`${variant.scheme}://name.test:${port}`, 2).catch(() => 0)
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, created: 0 }))
    expect(await opened.pool.preconnect(`${variant.scheme}://127.0.0.1:${port}`, 2)).toBe(2)
    expect(opened.pool.stats()).toMatchObject({ open: 2, created: 2 })
  })
})

describe.each(versions)('$name: created counts what was on the wire', (version) => {
  const ask = getterOf(version)

  test.each(failing)('not what fails because its look-up %s', async (_, lookup) => {
    const { port } = await serve((_request, response) => response.end())
    const pool = open(version, {}, { connect: { lookup } })
    await expect(ask(pool, `http://name.test:${port}`)).rejects.toThrow()
    await until(() => expect(pool.stats()).toMatchObject({ open: 0, created: 0 }))
    await ask(pool, `http://127.0.0.1:${port}`)
    expect(pool.stats()).toMatchObject({ open: 1, created: 1, reused: 0 })
  })

  test('and what was refused', async () => {
    const pool = open(version)
    await expect(ask(pool, `http://127.0.0.1:${await freePort()}`)).rejects.toThrow()
    await until(() => expect(pool.stats()).toMatchObject({ open: 0, created: 1 }))
  })
})
