import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as agentkeepalive from '../../adapters/agentkeepalive.ts'
import * as axios from '../../adapters/axios.ts'
import * as fetchAdapter from '../../adapters/fetch.ts'
import * as got from '../../adapters/got.ts'
import * as nodeFetch from '../../adapters/node-fetch.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { ClientSupport, CreatePoolOptions, Pool } from '../../src/adapter.ts'
import type { PoolConfig } from '../../src/config/types.ts'

interface Adapter {
  readonly support: ClientSupport
  createPool(config?: PoolConfig, native?: undefined, options?: CreatePoolOptions): Pool<unknown>
}

const adapters = Object.entries({
  agentkeepalive,
  axios,
  fetch: fetchAdapter,
  got,
  'node-fetch': nodeFetch,
  'node-http': nodeHttp,
  undici,
} as {
  readonly [name: string]: Adapter
})

const url = 'http://user:sesame@proxy.test:3128'
const open: Pool<unknown>[] = []

function opened(adapter: Adapter, config: PoolConfig): Pool<unknown> {
  const pool = adapter.createPool(config, undefined, { strict: false })
  open.push(pool)
  return pool
}

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'])
    for (const spelling of [name, name.toUpperCase()]) vi.stubEnv(spelling, undefined)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((pool) => pool.destroy()))
})

describe.each(adapters)('a pool of %s', (_, adapter) => {
  // That they do is measured on the wire, in the suite.
  it('goes through a proxy, for all or for one host', () => {
    expect([adapter.support.fields.proxy.pool, adapter.support.fields.noProxy.pool]).toEqual(['enforced', 'enforced'])
    for (const config of [{ proxy: url }, { proxy: 'env' }, { hosts: { 'a.test': { proxy: url } } }] satisfies PoolConfig[])
      open.push(adapter.createPool(config))
  })

  it('takes proxy: false', () => {
    const pool = adapter.createPool({ proxy: false, hosts: { 'a.test': { proxy: false } } })
    open.push(pool)
    expect(pool.config.proxy).toBe(false)
  })

  it('shows no password of its config, which has it all the same', () => {
    const pool = opened(adapter, { proxy: url, hosts: { 'a.test': { proxy: url } } })
    const shown = [
      inspect(pool, { depth: 20, showHidden: true }),
      JSON.stringify(pool),
      inspect(pool.options, { depth: 20, showHidden: true }),
    ]
    for (const text of [...shown, String(pool.config.proxy), JSON.stringify(pool.notes)]) expect(text).not.toContain('sesame')
    expect(shown[0]).toContain('http://user:***@proxy.test:3128')
    expect(opened(adapter, pool.config).config).toEqual(pool.config)
    pool.reconfigure({ proxy: url.replace('sesame', 'other') })
    expect(pool.config.proxy).not.toEqual(opened(adapter, { proxy: url }).config.proxy)
  })

  it('tells of a proxy in the environment until proxy says what is meant', () => {
    const told = (config: PoolConfig) =>
      opened(adapter, config).notes.some(({ message }) => message.startsWith('HTTPS_PROXY is set'))
    expect(told({})).toBe(false)
    vi.stubEnv('HTTPS_PROXY', url)
    expect(told({})).toBe(true)
    expect(told({ proxy: false })).toBe(false)
    expect(told({ hosts: { 'a.test': { proxy: false } } })).toBe(false)
    expect(inspect(opened(adapter, {}).notes)).not.toContain('sesame')
  })
})
