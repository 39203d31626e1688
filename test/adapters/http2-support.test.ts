import { describe, expect, it, onTestFinished } from 'vitest'
import * as fetchAdapter from '../../adapters/fetch.ts'
import * as undiciAdapter from '../../adapters/undici.ts'
import type { AdapterModule, CreatePoolOptions, Pool } from '../../src/adapter.ts'
import { supportIn } from '../../src/clients/fetch/support.ts'
import { clientNames } from '../../src/clients/index.ts'
import { supportOn } from '../../src/clients/undici/support.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { loadAdapter } from '../load-adapter.ts'

type Adapter = AdapterModule<unknown, unknown, unknown>

const http1Clients = ['axios', 'got', 'node-fetch', 'agentkeepalive', 'node-http'] as const

function opened(adapter: Adapter, config?: PoolConfig | Pool<unknown>, options?: CreatePoolOptions): Pool<unknown> {
  const pool = adapter.createPool(config, undefined, options)
  onTestFinished(() => pool.destroy())
  return pool
}

/** The fields that notes are about, those of advice left out. */
const http2Notes = ({ notes }: Pool<unknown>) =>
  notes.filter(({ field, support }) => /http2|Streams|ping/.test(field) && support === 'unsupported').map(({ field }) => field)

const unsupported = (message: string | RegExp) =>
  expect.objectContaining({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringMatching(message) })

describe.each(http1Clients)('%s, which speaks HTTP/1.1', (name) => {
  it.each<PoolConfig>([
    {},
    { http2: false },
    { maxStreamsPerConnection: 5, pingInterval: '1s' },
    { http2: false, maxStreamsPerConnection: 100, pingInterval: '60s', hosts: { 'a.test': { http2: false } } },
  ])('opens a pool that asks nothing else: %j', async (config) => {
    const pool = opened((await loadAdapter(name)) as Adapter, config)
    expect(http2Notes(pool)).toEqual([])
  })

  it.each<[PoolConfig, RegExp]>([
    [{ http2: true }, /^http2: .* can't honour true: .*polypool\/fetch.*Leave it out/],
    [{ http2: 'only' }, /^http2: .* can't honour "only": /],
    [{ hosts: { 'a.test': { http2: true } } }, /^hosts\["a\.test"\]\.http2: .* can't honour true: /],
    [{ http2: true, hosts: { 'a.test': { maxStreamsPerConnection: 5 } } }, /hosts\["a\.test"\]\.maxStreamsPerConnection: /],
  ])('refuses %j, and with strict: false says so', async (config, message) => {
    const adapter = (await loadAdapter(name)) as Adapter
    expect(() => opened(adapter, config)).toThrow(unsupported(message))
    const [first] = http2Notes(opened(adapter, config, { strict: false }))
    expect(first).toBe('http2' in config ? 'http2' : 'hosts["a.test"].http2')
  })

  it('shares the limits of a pool with HTTP/2 if it is told that this is known', async () => {
    const adapter = (await loadAdapter(name)) as Adapter
    const first = opened(undiciAdapter as Adapter, { http2: true, maxConnections: 3 })
    expect(() => opened(adapter, first)).toThrow(
      unsupported(/^http2: .* can't honour true: .*a pool of its own without it.*strict: false/),
    )
    const second = opened(adapter, first, { strict: false })
    expect(second.config).toBe(first.config)
    expect([http2Notes(first), http2Notes(second)]).toEqual([[], ['http2']])
  })

  it('keeps a pool that shares its limits from HTTP/2, unless it is told that this is known', async () => {
    const adapter = (await loadAdapter(name)) as Adapter
    const first = opened(adapter, { maxConnections: 3 })
    const second = opened(undiciAdapter as Adapter, first)
    const hosts = { 'a.test': { http2: true } }
    for (const change of [{ http2: true }, { hosts }]) {
      expect(() => second.reconfigure(change)).toThrow(unsupported(/http2: .* can't honour true: /))
    }
    expect([second.config.http2, second.config.hosts]).toEqual([false, {}])
    await first.close()
    second.reconfigure({ http2: true })
    expect(second.config.http2).toBe(true)
  })
})

describe.each([
  ['undici', undiciAdapter as Adapter],
  ['fetch', fetchAdapter as Adapter],
])('%s', (_, adapter) => {
  it('takes all there is about HTTP/2', () => {
    const hosts = { 'a.test': { http2: 'only', pingInterval: false } } as const
    const pool = opened(adapter, { http2: true, maxStreamsPerConnection: 5, pingInterval: '5s', hosts })
    expect(http2Notes(pool)).toEqual([])
  })
})

describe('where the client by itself would speak HTTP/2', () => {
  const said = (notes: readonly { readonly field: string }[]) => notes.some(({ field }) => field === 'http2')
  const versions = (undici: string) => ({ ...process.versions, undici })

  it('is told of the fetch of Node 26, and of no earlier one', () => {
    expect(said(supportIn(versions('8.10.2')).advice)).toBe(true)
    for (const earlier of ['7.29.1', '6.28.1']) expect(said(supportIn(versions(earlier)).advice)).toBe(false)
    const ofThisNode = opened(fetchAdapter as Adapter)
    expect(said(ofThisNode.notes)).toBe(said(supportIn(process.versions).advice))
  })

  it('is told of undici 8', () => {
    expect([supportOn({ major: 8 }), supportOn({ major: 7 })].map(({ advice }) => said(advice))).toEqual([true, false])
  })

  it('is not told who has chosen', () => {
    const pool = opened(undiciAdapter as Adapter)
    expect(said(pool.notes)).toBe(true)
    const chosen: readonly PoolConfig[] = [{ http2: false }, { http2: true }, { hosts: { 'a.test': { http2: true } } }]
    for (const config of chosen) expect(said(opened(undiciAdapter as Adapter, config).notes)).toBe(false)
    pool.reconfigure({ http2: false })
    expect(said(pool.notes)).toBe(false)
  })
})

it('every client is one or the other', () => {
  expect([...http1Clients, 'undici', 'fetch'].toSorted()).toEqual(clientNames.toSorted())
})
