import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { ClientSupport } from '../../src/adapter.ts'
import { loadPools } from '../../src/files/pools.ts'
import { get, holdingServer, load, until, yaml } from './opened.ts'
import { Workspace } from './workspace.ts'

describe('a name', () => {
  it('is one budget for all clients opened on it, whatever their engine', async () => {
    const server = await holdingServer()
    const { pools } = await load()
    const agents = pools.open(nodeHttp, 'payments')
    const { dispatcher } = pools.open(undici, 'payments').options
    const { request } = await import('undici')
    const requests = Array.from({ length: 10 }, (_, at) =>
      at % 2 === 0 ? get(server.url, agents.options.http) : request(server.url, { dispatcher }).then(({ body }) => body.text()),
    )
    let most = 0
    const watching = setInterval(() => {
      most = Math.max(most, server.open)
      if (server.waiting === 3 || agents.stats().pending === 0) server.release()
    }, 5)
    expect(await Promise.all(requests)).toEqual(Array(10).fill('ok'))
    clearInterval(watching)
    expect(most).toBe(3)
    expect(agents.stats()).toMatchObject({ created: expect.any(Number), pending: 0, active: 0 })
  })

  it('keeps its limits apart from other names, and from a client with shared: false', async () => {
    const server = await holdingServer()
    const { pools } = await load()
    const all = [
      pools.open(nodeHttp, 'payments'),
      pools.open(nodeHttp, 'payments'),
      pools.open(nodeHttp, 'payments', undefined, { shared: false }),
      pools.open(nodeHttp),
    ]
    const requests = all.flatMap(({ options }) => Array.from({ length: 5 }, () => get(server.url, options.http)))
    await until(() => server.open === 3 + 3 + 4)
    expect(all.map((pool) => pool.stats().open)).toEqual([3, 3, 3, 4])
    const releasing = setInterval(server.release, 5)
    await Promise.all(requests)
    clearInterval(releasing)
  })

  it('lives on while one of its clients does, and starts anew after the last', async () => {
    const { pools } = await load()
    const first = pools.open(nodeHttp, 'payments')
    const second = pools.open(axios, 'payments')
    first.reconfigure({ maxConnections: 2 })
    await first.close()
    expect(second.config.maxConnections).toBe(2)
    const third = pools.open(nodeHttp, 'payments')
    expect(third.config.maxConnections).toBe(2)
    await Promise.all([second.destroy(), third[Symbol.asyncDispose]()])
    expect(pools.open(nodeHttp, 'payments').config.maxConnections).toBe(3)
  })
})

it('opens a pool with what is set only, so that defaults are not taken for wishes', async () => {
  const { pools } = await load()
  const support = { ...nodeHttp.support, fields: { ...nodeHttp.support.fields } } as {
    -readonly [K in keyof ClientSupport]: ClientSupport[K]
  }
  let given: unknown
  const module = {
    support,
    createPool: (config?: Parameters<typeof nodeHttp.createPool>[0]) => {
      given = config
      return nodeHttp.createPool(config)
    },
  }
  pools.open(module, 'payments')
  expect(given).toEqual({ maxConnections: 3, acquireTimeout: 5000 })
})

it('gives its names to what it opens, unless a client has one of its own', async () => {
  const { pools } = await load()
  const opened = [
    pools.open(nodeHttp),
    pools.open(axios, 'payments'),
    pools.open(nodeHttp, 'payments', undefined, { name: undefined }),
    pools.open(undici, 'payments', undefined, { name: 'refunds', shared: false }),
  ]
  expect(opened.map(({ name }) => name)).toEqual(['default', 'payments', 'payments', 'refunds'])
  expect(() => pools.open(nodeHttp, 'payments', undefined, { strickt: false } as never)).toThrow('did you mean strict?')
  await pools.close()
})

it('shows names and limits in logs', async () => {
  const { pools, workspace } = await load()
  for (const shown of [inspect(pools), JSON.stringify(pools)]) {
    expect(shown).toContain('payments')
    expect(shown).toMatch(/maxConnections\W+3/)
    expect(shown).not.toMatch(/null|Budgets|_events/)
  }
  expect(JSON.parse(JSON.stringify(pools))).toMatchObject({
    file: workspace.path('polypool.config.yaml'),
    pools: { default: { maxConnections: 4, maxLifetime: 'unlimited' }, payments: { acquireTimeout: 5000 } },
  })
})

it('close({ timeout }) ends what does not end by itself, of every pool', async () => {
  const { pools } = await load()
  const server = await holdingServer()
  const requests = [pools.open(nodeHttp), pools.open(axios, 'payments')].map(({ options }) =>
    get(server.url, 'http' in options ? options.http : options.httpAgent).catch((error: unknown) => error),
  )
  await until(() => server.waiting === 2)
  await expect(pools.close({ timeout: '5' } as never)).rejects.toThrow('timeout of the argument of close: "5" has no unit')
  pools.open(nodeHttp)
  await pools.close({ timeout: 50 })
  for (const request of requests) expect(await request).toBeInstanceOf(Error)
  expect(() => pools.open(nodeHttp)).toThrow('these pools are closed')
})

it('opens anew, and reloads, after a client closed its pool by its own dispatcher', async () => {
  const { pools } = await load()
  await pools.open(undici, 'payments').options.dispatcher.close()
  await pools.open(undici, 'payments').options.dispatcher.destroy()
  await pools.reload()
  const again = pools.open(undici, 'payments')
  expect(again.closed).toBe(false)
  await expect(again.close(5 as never)).rejects.toThrow('the argument of close is 5')
  expect(pools.open(nodeHttp, 'payments').stats()).toEqual(again.stats())
  await pools.close()
})

it('passes native options and strictness on', async () => {
  const { pools } = await load()
  const seen: unknown[] = []
  const module = {
    ...nodeHttp,
    createPool: (...all: Parameters<typeof nodeHttp.createPool>) => {
      seen.push(all.slice(1))
      return nodeHttp.createPool(...all)
    },
  }
  pools.open(module, 'payments', { family: 4 }, { strict: false, shared: false })
  expect(seen).toEqual([[{ family: 4 }, { strict: false, name: 'payments' }]])
})

describe('mistakes', () => {
  it('an unknown name', async () => {
    const { pools, workspace } = await load()
    const file = workspace.path('polypool.config.yaml')
    expect(() => pools.open(nodeHttp, 'payment')).toThrow(`there is no pool "payment" (in ${file}): did you mean payments?`)
    expect(() => pools.config('zzzzzzzzz')).toThrow(`there is no pool "zzzzzzzzz" (in ${file}): the pools are default, payments`)
    const none = await loadPools({ cwd: new Workspace().root, env: {} })
    expect(() => none.open(nodeHttp, 'x')).toThrow('there is no pool "x" (no config file was found): the pools are default')
  })

  it('something else than an adapter module', async () => {
    const { pools } = await load()
    const { default: client } = await import('axios')
    for (const [given, shown] of [
      [client, 'a function'],
      [undefined, 'undefined'],
      ['axios', '"axios"'],
      [{ createPool: () => {} }, 'an object'],
    ] as const) {
      expect(() => pools.open(given as never)).toThrow(
        `pools.open: ${shown} is no adapter module. Pass one whole, such as import * as axios from 'polypool/axios'`,
      )
    }
  })
})

it('close closes all that it opened, refuses more, and may be called twice', async () => {
  const server = await holdingServer()
  const { pools } = await load(yaml, { watch: true })
  const one = pools.open(nodeHttp, 'payments')
  const other = pools.open(axios, 'default', undefined, { shared: false })
  const running = get(server.url, one.options.http)
  await until(() => server.waiting === 1)
  const closing = pools.close()
  await expect(get(server.url, other.options.httpAgent)).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
  expect(() => pools.open(nodeHttp)).toThrow('pools.open("default"): these pools are closed. Load them again with loadPools()')
  server.release()
  expect(await running).toBe('ok')
  await Promise.all([closing, pools.close()])
  expect(one.stats().open + other.stats().open).toBe(0)
})
