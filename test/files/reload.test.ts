import { describe, expect, it } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import { get, holdingServer, load, until, yaml } from './opened.ts'
import { refusal } from './workspace.ts'

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
