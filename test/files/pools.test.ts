import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { ClientSupport } from '../../src/adapter.ts'
import { PoolUnsupportedError } from '../../src/errors.ts'
import { definePools } from '../../src/files/define.ts'
import { loadPools } from '../../src/files/pools.ts'
import { hangs, stopwatch } from '../time.ts'
import { refusal, Workspace } from './workspace.ts'

/** A server that holds every request until it is let go, and counts connections. */
async function holdingServer() {
  const held: http.ServerResponse[] = []
  const server = http.createServer((_, response) => {
    held.push(response)
  })
  let open = 0
  server.on('connection', (socket) => {
    open++
    socket.on('close', () => open--)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    get open() {
      return open
    },
    get waiting() {
      return held.length
    },
    release: () => {
      for (const response of held.splice(0)) response.end('ok')
    },
  }
}

async function until(condition: () => boolean, ms = hangs): Promise<void> {
  const elapsed = stopwatch()
  while (!condition()) {
    if (elapsed() > ms) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function get(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent }, (response) => response.on('data', () => {}).on('end', () => resolve('ok'))).on('error', reject)
  })
}

const yaml = `pools:
  default: { maxConnections: 4 }
  payments: { maxConnections: 3, acquireTimeout: 5s }
`

async function load(content = yaml, options = {}) {
  const workspace = new Workspace({ 'polypool.config.yaml': content })
  const pools = await loadPools({ cwd: workspace.root, env: {}, ...options })
  onTestFinished(() => pools.close())
  return { workspace, pools }
}

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

describe('reload', () => {
  it('reconfigures what changed to the whole of the file: what is gone goes back to its default', async () => {
    const { pools, workspace } = await load(`pools:
  default: { maxConnections: 4 }
  payments: { maxConnections: 3, acquireTimeout: 5s, block: false, maxOverflow: 2, hosts: { a.test: { keepAlive: false } } }
  search: { maxPending: 3 }
`)
    const payments = pools.open(nodeHttp, 'payments')
    const second = pools.open(axios, 'payments', undefined, { shared: false })
    const search = pools.open(nodeHttp, 'search')
    const unchanged = search.config
    workspace.write(
      'polypool.config.yaml',
      'pools:\n  payments: { maxConnections: 6 }\n  search: { maxPending: 3, maxConnections: 4 }\n  new: {}\n',
    )
    expect(await pools.reload()).toEqual(['default', 'payments', 'new'])
    for (const { config } of [payments, second]) {
      expect(config).toEqual(pools.config('payments'))
      expect(config).toMatchObject({ maxConnections: 6, acquireTimeout: 30_000, block: true, maxOverflow: 0, hosts: {} })
    }
    expect(search.config).toBe(unchanged)
    expect(pools.names).toEqual(['default', 'payments', 'search', 'new'])
    workspace.write('polypool.config.yaml', 'pools: { payments: { block: false }, search: { maxPending: 3 } }')
    await pools.reload()
    expect(payments.config).toEqual(pools.config('payments'))
    expect(payments.config).toMatchObject({ maxConnections: 100, block: false, maxOverflow: Number.POSITIVE_INFINITY })
  })

  it('admits waiting requests at once under a raised limit', async () => {
    const server = await holdingServer()
    const { pools, workspace } = await load('pools: { default: { maxConnections: 1 } }')
    const { options } = pools.open(nodeHttp)
    const requests = Array.from({ length: 3 }, () => get(server.url, options.http))
    await until(() => server.waiting === 1)
    workspace.write('polypool.config.yaml', 'pools: { default: { maxConnections: 3 } }')
    await pools.reload()
    await until(() => server.waiting === 3)
    server.release()
    await Promise.all(requests)
  })

  it.each([
    [
      'is invalid',
      'pools: { payments: { maxConnections: 9 }, default: { maxConnections: 0 } }',
      /maxConnections: 0 is not a cap/,
    ],
    ['does not parse', 'pools: {', /this is not valid YAML/],
    ['is empty', '', /the file is empty/],
    [
      'drops a pool in use',
      'pools: { default: { maxConnections: 9 } }',
      /pool payments is gone, but in use: keep it, or close its clients first$/,
    ],
  ])('changes nothing if the file %s', async (_, content, message) => {
    const { pools, workspace } = await load()
    const open = [pools.open(nodeHttp, 'payments'), pools.open(nodeHttp)]
    const before = open.map(({ config }) => config)
    workspace.write('polypool.config.yaml', content)
    expect((await refusal(pools.reload())).message).toMatch(message)
    expect(open.map(({ config }) => config)).toEqual(before)
    expect(pools.config('payments').maxConnections).toBe(3)
    workspace.write('polypool.config.yaml', yaml.replace('3', '5'))
    expect(await pools.reload()).toEqual(['payments'])
    expect(open[0]?.config.maxConnections).toBe(5)
  })

  it('changes nothing if a client of one pool can not honour what the file newly asks for', async () => {
    const { pools, workspace } = await load()
    const fields = {
      ...nodeHttp.support.fields,
      maxHosts: { native: 'unsupported', pool: 'unsupported', message: 'it has no hosts' },
    } as const
    const limited = { ...nodeHttp, support: { ...nodeHttp.support, client: 'limited', fields } }
    const open = [pools.open(nodeHttp), pools.open(limited, 'payments')]
    workspace.write('polypool.config.yaml', 'pools: { default: { maxConnections: 9 }, payments: { maxHosts: 2 } }')
    await expect(pools.reload()).rejects.toThrow(
      "pool payments: limited can't honour maxHosts: it has no hosts. Leave it out of this pool",
    )
    expect(open.map(({ config }) => config.maxConnections)).toEqual([4, 3])
    expect(pools.config().maxConnections).toBe(4)
  })
})

describe('what code sets by reconfigure', () => {
  it('stays while the file says the same of that pool, and goes when it says something else', async () => {
    const { pools, workspace } = await load('pools: { default: { maxConnections: 4 }, payments: {}, search: {} }')
    const [payments, search] = [pools.open(nodeHttp, 'payments'), pools.open(nodeHttp, 'search')]
    payments.reconfigure({ maxConnections: 9, acquireTimeout: '1s' })
    workspace.write(
      'polypool.config.yaml',
      'pools: { default: { maxConnections: 4 }, payments: {}, search: { maxConnections: 7 } }',
    )
    expect(await pools.reload()).toEqual(['search'])
    expect([payments, search].map(({ config }) => config.maxConnections)).toEqual([9, 7])
    workspace.write(
      'polypool.config.yaml',
      'pools: { default: { maxConnections: 4 }, payments: { maxPending: 5 }, search: { maxConnections: 7 } }',
    )
    expect(await pools.reload()).toEqual(['payments'])
    expect(payments.config).toEqual(pools.config('payments'))
    expect(payments.config).toMatchObject({ maxConnections: 4, acquireTimeout: 30_000, maxPending: 5 })
  })

  it('goes when the pool that it inherits from changes', async () => {
    const { pools, workspace } = await load('pools: { default: { maxConnections: 4 }, payments: {} }')
    const payments = pools.open(nodeHttp, 'payments')
    payments.reconfigure({ maxConnections: 9 })
    workspace.write('polypool.config.yaml', 'pools: { default: { maxConnections: 5 }, payments: {} }')
    expect(await pools.reload()).toEqual(['default', 'payments'])
    expect(payments.config.maxConnections).toBe(5)
  })

  it('comes back if the file can not be applied', async () => {
    const { pools, workspace } = await load('pools: { a: { maxConnections: 4 }, b: {}, c: { maxConnections: 2 } }')
    const native = { connect: () => {} }
    const [a, b, c] = [pools.open(nodeHttp, 'a'), pools.open(undici, 'b', native), pools.open(nodeHttp, 'c')]
    a.reconfigure({ maxPending: 3 })
    const before = [a, b, c].map(({ config }) => config)
    // Only b itself knows that a connector of its own excludes it, when a has got the new limits already.
    workspace.write(
      'polypool.config.yaml',
      'pools: { a: { maxConnections: 5 }, b: { dnsCacheTtl: 5s }, c: { maxConnections: 3 } }',
    )
    await expect(pools.reload()).rejects.toThrow('dnsCacheTtl can only be 0')
    expect([a, b, c].map(({ config }) => config)).toEqual(before)
    expect(pools.config('a').maxConnections).toBe(4)
    workspace.write('polypool.config.yaml', 'pools: { a: { maxConnections: 5 }, b: {}, c: { maxConnections: 3 } }')
    expect(await pools.reload()).toEqual(['a', 'c'])
    expect([a, c].map(({ config }) => config.maxConnections)).toEqual([5, 3])
  })
})

describe('options of loadPools', () => {
  const place = 'the argument of loadPools'
  const instead = 'pass an object such as { watch: true }, or leave it out'
  it.each<[string, unknown, string]>([
    ['one that is misspelt', { watchh: true }, `"watchh" is unknown to ${place}: did you mean watch?`],
    ['one of nobody', { strict: false }, `"strict" is unknown to ${place}: it takes cwd, file, env, pools, watch`],
    [
      'a field',
      { maxConnections: 5 },
      `"maxConnections" is unknown to ${place}: write pools: { default: { maxConnections: … } }`,
    ],
    [
      'two',
      { wacth: true, flie: 'x' },
      `"wacth" is unknown to ${place}: did you mean watch?; "flie" is unknown to ${place}: did you mean file?`,
    ],
    [
      'watch that is no choice',
      { watch: 'yes' },
      `watch of ${place}: "yes" is neither true nor false: use one of them, without quotes`,
    ],
    ['a file that is none', { file: 5 }, `file of ${place}: 5 is not what it takes: use a path or a URL of a file`],
    ['a directory that is none', { cwd: {} }, `cwd of ${place}: an object is not what it takes: use a path of a directory`],
    [
      'an environment that is none',
      { env: true },
      `env of ${place}: true is not what it takes: use an object such as process.env, or false`,
    ],
    ['null', null, `${place} is null: ${instead}`],
    ['a path', 'x.yaml', `${place} is "x.yaml": ${instead}`],
    ['a promise of them', Promise.resolve({ watch: true }), `${place} is a promise: await it`],
    ['a map of them', new Map([['watch', true]]), `${place} is an object with a prototype of its own: ${instead}`],
    [
      'those that it would inherit',
      Object.create({ watch: true }),
      `${place} is an object with a prototype of its own: ${instead}`,
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 'cwd', { enumerable: true, get: () => expect.fail('boo') }),
      `${place} cannot be read, its getter or proxy throws: pass plain values`,
    ],
  ])('%s', async (_, options, message) => {
    const promise = loadPools(options as never)
    await expect(promise).rejects.toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', message })
  })

  it('that are undefined are left out', async () => {
    const options = { cwd: new Workspace().root, file: undefined, env: {}, pools: undefined, watch: undefined }
    expect((await loadPools(options)).names).toEqual(['default'])
  })
})

it.each<[unknown, string]>([
  [{ sharred: false }, '"sharred" is unknown to the last argument of pools.open: did you mean shared?'],
  [{ shared: 'no' }, 'shared of the last argument of pools.open: "no" is neither true nor false'],
  [{ name: 5 }, 'name of the last argument of pools.open: 5 is no name'],
  [{ ca: 'x' }, 'it takes name, strict, shared (options of the client go third)'],
  [{ maxPending: 5 }, 'it is a limit and goes into the config file, or into the pools of loadPools'],
  [null, 'the last argument of pools.open is null: pass an object such as { shared: false }, or leave it out'],
])('open refuses %j as its options, and opens nothing', async (options, message) => {
  const { pools } = await load()
  const open = () => pools.open(nodeHttp, 'payments', {}, options as never)
  expect(open).toThrow(PoolUnsupportedError)
  expect(open).toThrow(message)
  await pools.close()
})

it('definePools types names and fields, and returns what it is given', () => {
  const config = { pools: { default: { maxConnections: 5 }, payments: { extends: 'default' as const, acquireTimeout: '2s' } } }
  expect(definePools(config)).toBe(config)
  definePools({
    $schema: 'x',
    pools: { a: { extends: 'default' }, b: { extends: 'a', hosts: { 'a.test': { keepAlive: false } } } },
  })
  // @ts-expect-error there is no such pool
  definePools({ pools: { a: { extends: 'c' }, b: {} } })
  // @ts-expect-error there is no such field
  definePools({ pools: { a: { maxSockets: 5 } } })
  // @ts-expect-error it belongs in a pool
  definePools({ pools: {}, maxConnections: 5 })
})
