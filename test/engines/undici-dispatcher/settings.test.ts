import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { undiciSupport } from '../../../src/clients/undici/support.ts'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import { readDispatcher } from '../../../src/engines/undici-dispatcher/read.ts'
import { translateToAgent } from '../../../src/engines/undici-dispatcher/settings.ts'
import { PoolConfigError } from '../../../src/errors.ts'
import { draws } from '../../draws.ts'
import { type Native, open, versions } from './harness.ts'

const support = undiciSupport('undici')
const translate = (config = {}) => translateToAgent(support, config)
const noted = (notes: readonly { field: string }[]) => notes.map(({ field }) => field)

describe('translate', () => {
  test('gives the whole meaning, defaults included', () => {
    expect(translate().settings).toEqual({
      pipelining: 1,
      keepAliveTimeout: 4000,
      keepAliveMaxTimeout: 4000,
      keepAliveTimeoutThreshold: 1000,
      allowH2: false,
      connect: { timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 60_000 },
    })
    expect(noted(translate().notes)).toEqual(['maxConnections', 'acquireTimeout', 'connectTimeout', 'scheduling', 'retryStale'])
  })

  test('writes HTTP/2 as undici has it', () => {
    const streams = { http2: true, maxStreamsPerConnection: 30, pingInterval: false } as const
    expect(translate(streams).settings).toMatchObject({
      allowH2: true,
      maxConcurrentStreams: 30,
      pingInterval: 0,
      connect: { preferH2: true },
    })
    expect(noted(translate(streams).notes)).toContain('http2')
    expect(translate({ http2: 'only', maxStreamsPerConnection: 'unlimited' }).settings).toMatchObject({
      useH2c: true,
      maxConcurrentStreams: 0x7fffffff,
      pingInterval: 60_000,
    })
    // Without it, what is about streams asks nothing.
    expect(noted(translate({ maxStreamsPerConnection: 30 }).notes)).not.toContain('http2')
    expect(translate({ maxStreamsPerConnection: 30, pingInterval: '5s' }).settings).toEqual(translate().settings)
  })

  test('has a setting or a note for every field', () => {
    const { settings, notes } = translate({
      maxConnections: 50,
      maxConnectionsPerHost: 5,
      maxIdleConnections: 20,
      maxIdleConnectionsPerHost: 4,
      maxHosts: 3,
      keepAliveExpiry: '5s',
      keepAliveHintMargin: '500ms',
      maxLifetime: '1m',
      maxRequestsPerConnection: 100,
      block: false,
      maxOverflow: 2,
      maxPending: 9,
      connectTimeout: 'unlimited',
      tcpKeepAlive: false,
      dnsCacheTtl: '1s',
      hosts: { 'a.test': { maxConnectionsPerHost: 1 } },
    })
    expect(settings).toEqual({
      connections: 5,
      pipelining: 1,
      keepAliveTimeout: 5000,
      keepAliveMaxTimeout: 5000,
      keepAliveTimeoutThreshold: 500,
      clientTtl: 60_000,
      maxRequestsPerClient: 100,
      allowH2: false,
      connect: { timeout: 0, keepAlive: false },
    })
    expect(noted(notes)).toEqual(
      expect.arrayContaining([
        'maxConnections',
        'maxConnectionsPerHost',
        'maxIdleConnections',
        'maxIdleConnectionsPerHost',
        'maxHosts',
        'maxLifetime',
        'maxRequestsPerConnection',
        'block',
        'maxOverflow',
        'maxPending',
        'dnsCacheTtl',
        'hosts',
      ]),
    )
    for (const { message } of notes) expect(message).not.toBe('')
  })

  test('keepAlive false is pipelining 0; for ever is as long as a timer can be', () => {
    expect(translate({ keepAlive: false }).settings).toMatchObject({ pipelining: 0 })
    expect(translate({ keepAliveExpiry: 'unlimited' }).settings.keepAliveTimeout).toBe(0x7fffffff)
  })

  test.each(versions)('$name takes what it gives', async ({ api }) => {
    for (const config of [
      {},
      { keepAlive: false },
      { keepAliveExpiry: 'unlimited' },
      { maxConnectionsPerHost: 1, maxLifetime: '1m' },
    ]) {
      const agent = new api.Agent(translate(config).settings)
      // Options are checked with the first request.
      const error = await api.request('http://127.0.0.1:1', { dispatcher: agent }).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'ECONNREFUSED' })
      await agent.destroy()
    }
  })
})

describe('readSettings', () => {
  const bare = {
    maxConnections: 'unlimited',
    maxConnectionsPerHost: 'unlimited',
    acquireTimeout: 'unlimited',
    retryStale: false,
    keepAlive: true,
    keepAliveExpiry: 4000,
    keepAliveHintMargin: 2000,
    connectTimeout: 10_000,
    tcpKeepAlive: 60_000,
  }

  test('of no options: what a bare Agent does', () => {
    const { config, notes } = readDispatcher({})
    expect(config).toEqual(bare)
    expect(noted(notes)).toEqual(['keepAliveExpiry', 'http2'])
  })

  test.each([
    [{ connections: 5 }, { maxConnectionsPerHost: 5 }, 'maxConnectionsPerHost'],
    [{ connections: 2.5 }, { maxConnectionsPerHost: 3 }, 'maxConnectionsPerHost'],
    [{ connections: 0 }, { maxConnectionsPerHost: 'unlimited' }, 'maxConnectionsPerHost'],
    [{ connections: null }, { maxConnectionsPerHost: 'unlimited' }, undefined],
    [{ connections: -1 }, { maxConnectionsPerHost: 'unlimited' }, 'connections'],
    [{ clientTtl: 5000 }, { maxLifetime: 5000 }, 'maxLifetime'],
    [{ connections: 1, clientTtl: 5000 }, { maxLifetime: undefined }, 'maxLifetime'],
    [{ maxRequestsPerClient: 5 }, { maxRequestsPerConnection: 5 }, 'maxRequestsPerConnection'],
    [{ maxRequestsPerClient: 0 }, { maxRequestsPerConnection: undefined }, undefined],
    [{ pipelining: 0 }, { keepAlive: false, keepAliveExpiry: undefined }, 'keepAlive'],
    [{ pipelining: 10 }, { keepAlive: true }, 'pipelining'],
    [{ keepAliveTimeout: 9000 }, { keepAliveExpiry: 9000 }, 'keepAliveExpiry'],
    [{ keepAliveTimeoutThreshold: 5 }, { keepAliveHintMargin: 5 }, undefined],
    [{ keepAliveTimeoutThreshold: -5 }, { keepAliveHintMargin: 0 }, 'keepAliveHintMargin'],
    [{ connectTimeout: 3000 }, { connectTimeout: 3000 }, undefined],
    [{ connectTimeout: 300 }, { connectTimeout: 300 }, 'connectTimeout'],
    [{ connectTimeout: 3000, connect: { timeout: 4000 } }, { connectTimeout: 4000 }, undefined],
    [{ connect: { timeout: 0 } }, { connectTimeout: 'unlimited' }, undefined],
    [{ connect: { keepAlive: false } }, { tcpKeepAlive: false }, undefined],
    [{ connect: { keepAliveInitialDelay: 5000 } }, { tcpKeepAlive: 5000 }, undefined],
    [{ connect: { ca: 'x' } }, {}, 'connect.ca'],
    [{ connect: () => {} }, { connectTimeout: undefined }, 'connect'],
    [{ maxOrigins: 5 }, { maxHosts: undefined }, 'maxOrigins'],
    [{ factory: () => {} }, {}, 'factory'],
    [{ headersTimeout: 5 }, {}, 'headersTimeout'],
    [{ socketPath: '/x' }, {}, 'socketPath'],
    [{ h2Options: {} }, { http2: undefined }, undefined],
    [{ allowH2: true }, { http2: true, maxStreamsPerConnection: undefined, pingInterval: undefined }, undefined],
    [{ allowH2: undefined, connect: { allowH2: true } }, { http2: true }, undefined],
    [{ allowH2: true, connect: { allowH2: false } }, { http2: undefined }, undefined],
    [{ allowH2: true, connect: { preferH2: true } }, { http2: true }, undefined],
    [{ allowH2: true, useH2c: true }, { http2: true }, 'useH2c'],
    [
      { allowH2: true, maxConcurrentStreams: 30, pingInterval: 0 },
      { maxStreamsPerConnection: 30, pingInterval: false },
      undefined,
    ],
    [{ allowH2: undefined, maxConcurrentStreams: 30 }, { http2: true, maxStreamsPerConnection: 30 }, undefined],
    [
      { allowH2: true, maxConcurrentStreams: 30, h2Options: { maxConcurrentStreams: 40, pingInterval: 5000 } },
      { maxStreamsPerConnection: 40, pingInterval: 5000 },
      undefined,
    ],
    [{ allowH2: undefined, h2Options: { connectionWindowSize: 70_000 } }, { http2: true }, 'h2Options'],
    [{ allowH2: false, maxConcurrentStreams: 30 }, { http2: undefined, maxStreamsPerConnection: undefined }, undefined],
    [{ idleTimeout: 5 }, {}, 'idleTimeout'],
    [{ maxSockets: 5 }, {}, 'maxSockets'],
  ])('of %j', (options, expected, note) => {
    const { config, notes } = readDispatcher({ keepAliveMaxTimeout: 4000, allowH2: false, ...options })
    for (const [field, value] of Object.entries(expected)) expect(config[field as keyof typeof config]).toBe(value)
    expect(noted(notes).slice(-1)).toEqual(note === undefined ? [] : [note])
    expect(() => parsePoolConfig(config)).not.toThrow()
  })

  test.each(versions)('of live dispatchers of $name', async (version) => {
    const { api } = version
    const options = { connections: 3, keepAliveTimeout: 7000, keepAliveMaxTimeout: 7000, clientTtl: 9000, headersTimeout: 1000 }
    const read = async (dispatcher: Native) => {
      const { config, notes } = readDispatcher(dispatcher)
      await dispatcher.destroy()
      return [config, noted(notes)] as const
    }
    const limits = { ...bare, maxConnectionsPerHost: 3, keepAliveExpiry: 7000, maxLifetime: 9000 }
    const common = ['maxConnectionsPerHost', 'maxLifetime', 'http2', 'headersTimeout']
    expect(await read(new api.Agent({ ...options, connect: { timeout: 2000 } }))).toEqual([
      { ...limits, connectTimeout: 2000 },
      common,
    ])
    expect(await read(new api.Pool('http://localhost', options))).toEqual([limits, ['dispatcher', ...common]])
    const [config, notes] = await read(
      new api.Client('http://localhost', { keepAliveTimeout: 7000, maxRequestsPerClient: 5, pipelining: 0 }),
    )
    const { keepAliveExpiry: _, keepAliveHintMargin: __, ...closing } = bare
    expect(config).toEqual({ ...closing, maxConnectionsPerHost: 1, maxRequestsPerConnection: 5, keepAlive: false })
    expect(notes[0]).toBe('dispatcher')
    expect(await read(new api.Agent({}))).toEqual([bare, ['keepAliveExpiry', 'http2']])
  })

  test('of the dispatcher inside Node, and of { dispatcher }', () => {
    void globalThis.Headers
    const dispatcher = (globalThis as { [key: symbol]: unknown })[Symbol.for('undici.globalDispatcher.1')]
    const reading = readDispatcher({ dispatcher })
    expect(reading.config).toEqual(bare)
    expect(reading).toEqual(readDispatcher(dispatcher))
  })

  test.each(versions)('of a pool of polypool on $name: its config', (version) => {
    const pool = open(version, { maxConnections: 7, hosts: { 'a.test': { keepAlive: false } } })
    expect(readDispatcher(pool.dispatcher)).toEqual({ config: pool.config, notes: [] })
    expect(readDispatcher(pool.options).config).toEqual(pool.config)
  })

  test('of a dispatcher of another kind: said so', () => {
    const { notes } = readDispatcher({ dispatch() {} })
    expect(notes[0]).toMatchObject({ field: 'dispatcher', support: 'approximated' })
  })

  test.each([undefined, null, 5, 'agent'])('of %j: refused', (native) => {
    expect(() => readDispatcher(native)).toThrow(PoolConfigError)
  })
})

test('translate(readSettings(x).config) means the same as x', () => {
  const ms = fc.integer({ min: 1, max: 600_000 })
  const options = fc.record(
    {
      connections: fc.option(fc.integer({ min: 0, max: 500 })),
      pipelining: fc.constantFrom(0, 1),
      keepAliveTimeout: ms,
      keepAliveTimeoutThreshold: fc.integer({ min: 0, max: 5000 }),
      clientTtl: fc.option(ms),
      maxRequestsPerClient: fc.option(fc.integer({ min: 0, max: 1000 })),
      connectTimeout: fc.integer({ min: 0, max: 60_000 }),
      connect: fc.record(
        { timeout: fc.integer({ min: 0, max: 60_000 }), keepAlive: fc.boolean(), keepAliveInitialDelay: ms },
        { requiredKeys: [] },
      ),
      allowH2: fc.boolean(),
      maxConcurrentStreams: fc.integer({ min: 1, max: 1000 }),
      pingInterval: fc.integer({ min: 0, max: 600_000 }),
    },
    { requiredKeys: ['allowH2'] },
  )
  fc.assert(
    fc.property(options, fc.boolean(), (given, capped) => {
      const x = capped ? { ...given, keepAliveMaxTimeout: given.keepAliveTimeout ?? 4000 } : given
      const { config, notes } = readDispatcher(x)
      const back = meaning(translate(config).settings)
      const expected = meaning(x)
      // Where they can't mean the same, a note says so.
      if (expected.idleWithHint !== back.idleWithHint) expect(noted(notes)).toContain('keepAliveExpiry')
      expect({ ...back, idleWithHint: 0 }).toEqual({ ...expected, idleWithHint: 0 })
      if (capped) expect(back).toEqual(expected)
    }),
    { numRuns: draws(500) },
  )
})

interface AgentOptions {
  readonly connections?: number | null
  readonly pipelining?: number
  readonly keepAliveTimeout?: number
  readonly keepAliveMaxTimeout?: number
  readonly keepAliveTimeoutThreshold?: number
  readonly clientTtl?: number | null
  readonly maxRequestsPerClient?: number | null
  readonly connectTimeout?: number
  readonly allowH2: boolean
  readonly maxConcurrentStreams?: number
  readonly pingInterval?: number
  readonly connect?: { readonly timeout?: number; readonly keepAlive?: boolean; readonly keepAliveInitialDelay?: number }
}

/** What undici does under these options, as its sources have it. */
function meaning(options: AgentOptions) {
  const {
    pipelining = 1,
    keepAliveTimeout = 4e3,
    keepAliveMaxTimeout = 600e3,
    keepAliveTimeoutThreshold = 2e3,
    connect = {},
  } = options
  const hint = 3600e3
  return {
    connections: options.connections || null,
    reuses: pipelining > 0,
    idle: pipelining > 0 ? keepAliveTimeout : 0,
    threshold: pipelining > 0 ? keepAliveTimeoutThreshold : 0,
    idleWithHint: pipelining > 0 ? Math.min(hint - keepAliveTimeoutThreshold, keepAliveMaxTimeout) : 0,
    ttl: options.connections === 1 ? null : options.clientTtl || null,
    requests: options.maxRequestsPerClient || null,
    connectTimeout: connect.timeout ?? options.connectTimeout ?? 10e3,
    http2: options.allowH2 && { streams: options.maxConcurrentStreams ?? 100, ping: options.pingInterval ?? 60e3 },
    probes: connect.keepAlive === false ? null : (connect.keepAliveInitialDelay ?? 60e3),
  }
}
