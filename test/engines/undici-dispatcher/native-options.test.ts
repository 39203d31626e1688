import net from 'node:net'
import { Agent } from 'undici'
import { describe, expect, test } from 'vitest'
import { createPool } from '../../../adapters/undici.ts'
import { connectOptions } from '../../../src/engines/connect-options.ts'
import { faultsIn, faultsInConnect } from '../../../src/engines/undici-dispatcher/unknown-options.ts'
import { PoolUnsupportedError } from '../../../src/errors.ts'
import type { ConnectionPool } from '../../../src/pool/pool.ts'
import { Gate, getterOf, open, serve, type TestPool, until, versions } from './harness.ts'

/** Clients that have joined the limits of a pool. */
function membersOf(pool: TestPool): number {
  const { core } = (pool as unknown as { [budget: symbol]: { core: ConnectionPool } })[Symbol.for('polypool.budget.v1')] as {
    core: ConnectionPool
  }
  return core.members.size
}

test('types refuse what createPool refuses', () => {
  const refused = (create: () => unknown) => expect(create).toThrow(PoolUnsupportedError)
  // @ts-expect-error it belongs under connect
  refused(() => createPool({}, { ca: 'x' }))
  // @ts-expect-error it belongs under connect
  refused(() => createPool({}, { rejectUnauthorized: false }))
  // @ts-expect-error there is no such option
  refused(() => createPool({}, { connect: { rejectUnauthorised: false } }))
  // @ts-expect-error it is set by the config
  refused(() => createPool({}, { connections: 5 }))
  // @ts-expect-error it is set by the config
  refused(() => createPool({}, { connect: { timeout: 5 } }))
  // @ts-expect-error it is taken from the URL
  refused(() => createPool({}, { connect: { host: 'x' } }))
  // @ts-expect-error it belongs beside connect
  refused(() => createPool({}, { connect: { headersTimeout: 5 } }))
  // @ts-expect-error a dispatcher is no options
  refused(() => createPool({}, new Agent()))
})

describe.each(versions)('$name', (version) => {
  const get = getterOf(version)

  test.each([
    [{ connections: 5 }, 'maxConnectionsPerHost'],
    [{ pipelining: 0 }, 'keepAlive: false'],
    [{ keepAliveTimeout: 5 }, 'keepAliveExpiry'],
    [{ keepAliveMaxTimeout: 5 }, 'keepAliveExpiry'],
    [{ keepAliveTimeoutThreshold: 5 }, 'keepAliveHintMargin'],
    [{ connectTimeout: 5 }, 'connectTimeout'],
    [{ connect: { timeout: 5 } }, 'connect.timeout: set connectTimeout'],
    [{ connect: { keepAlive: false } }, 'tcpKeepAlive'],
    [{ maxRequestsPerClient: 5 }, 'maxRequestsPerConnection'],
    [{ clientTtl: 5 }, 'maxLifetime'],
    [{ maxOrigins: 5 }, 'maxHosts'],
    [{ allowH2: true }, 'allowH2: set http2 in the pool config'],
    [{ connect: { allowH2: true } }, 'connect.allowH2: set http2 in the pool config'],
    [{ maxConcurrentStreams: 5 }, 'set maxStreamsPerConnection in the pool config'],
    [{ pingInterval: 5 }, 'set pingInterval in the pool config'],
    [{ useH2c: true }, 'http2: "only"'],
    [{ h2Options: {} }, 'http2, maxStreamsPerConnection and pingInterval in the pool config'],
    [{ factory: () => {} }, 'factory'],
  ])('the native option %j is refused by name', (native, advice) => {
    expect(() => open(version, {}, native as never)).toThrow(PoolUnsupportedError)
    expect(() => open(version, {}, native as never)).toThrow(advice)
  })

  test.each([
    [{ ca: 'x' }, 'ca: put it under connect: { ca }'],
    [{ cert: 'x', key: 'y' }, 'cert: put it under connect: { cert }; key: put it under connect: { key }'],
    [{ rejectUnauthorized: false }, 'rejectUnauthorized: put it under connect: { rejectUnauthorized }'],
    [{ lookup: () => {} }, 'lookup: put it under connect: { lookup }'],
    [{ rejectUnauthorised: false }, 'did you mean connect: { rejectUnauthorized }?'],
    [{ connect: { rejectUnauthorised: false } }, 'connect."rejectUnauthorised": undici knows no such option: did you mean'],
    [{ tls: { rejectUnauthorised: false } }, 'tls."rejectUnauthorised"'],
    [{ headerTimeout: 5 }, 'did you mean headersTimeout?'],
    [{ connect: { headersTimeout: 5 } }, 'connect.headersTimeout: put it beside connect'],
    [{ connect: { ALPNProtocols: ['h2'] } }, 'connect.ALPNProtocols: set http2 in the pool config'],
    [{ connect: { host: 'localhost' } }, "the request's URL"],
    [{ connect: 'x' }, 'connect: it is a string: give an object of options such as { ca }, or a function that connects'],
    [{ connect: [{ ca: 'x' }] }, 'connect: it is an array'],
    [{ connect: Promise.resolve({ ca: 'x' }) }, 'connect: it is a promise: await it'],
    [{ connect: Object.create({ ca: 'x' }) }, 'connect: it is an object with a prototype of its own'],
    [{ tls: new Map([['ca', 'x']]) }, 'tls: it is an object with a prototype of its own'],
    [{ maxSockets: 5 }, "that is http.Agent's name: use maxConnectionsPerHost in the pool config"],
    [{ freeSocketTimeout: 5 }, "that is agentkeepalive's name: use keepAliveExpiry in the pool config"],
    [{ maxConnections: 5 }, 'it is a limit: put it into the pool config, the first argument'],
    [{ strict: false }, 'put it into the third argument'],
    [{ dispatcher: {} }, 'pool.options.dispatcher'],
    [{ constructor: 5 }, 'undici knows no such option'],
    [{ nonsense: 5 }, 'undici knows no such option: leave it out'],
  ])('the native option %j is refused with its place', (native, advice) => {
    expect(() => open(version, {}, native as never)).toThrow(PoolUnsupportedError)
    expect(() => open(version, {}, native as never)).toThrow(advice)
  })

  test.each(['Agent', 'Pool', 'Client'] as const)('a dispatcher is no options: %s', async (name) => {
    const native = name === 'Agent' ? new version.api.Agent({}) : new version.api[name]('http://localhost', {})
    expect(() => open(version, {}, native as never)).toThrow(PoolUnsupportedError)
    expect(() => open(version, {}, native as never)).toThrow(`a dispatcher (${name}) is no options`)
    expect(() => open(version, {}, open(version).dispatcher as never)).toThrow('is no options')
    await native.destroy()
  })

  test('every option of undici’s Client is known, and so is every one of net.connect and tls.connect', () => {
    // Each that undici itself takes apart in its constructor; those that it refuses have no value that it takes.
    const [, list = ''] = /constructor \(url, \{([^}]*)\}/.exec(String(version.peer.Client)) ?? []
    const options = [...list.matchAll(/^\s*(\w+)/gm)].map(([, option]) => option as string)
    expect(options.length).toBeGreaterThan(25)
    for (const option of [...options, ...connectOptions]) {
      const messages = [...faultsIn({ [option]: 1 }), ...faultsInConnect({ [option]: 1 }, 'connect')]
      expect(messages.join()).not.toContain('knows no such option')
    }
  })

  test.each([{ localAddress: '127.0.0.2' }, { connect: { localAddress: '127.0.0.2' } }])(
    'connections come from %j',
    async (native) => {
      const from: unknown[] = []
      const { port } = await serve((request, response) => {
        from.push(request.socket.remoteAddress)
        response.end('ok')
      })
      await get(open(version, {}, native), `http://127.0.0.1:${port}`)
      expect(String(from)).toContain('127.0.0.2')
    },
  )

  test('allowH2: false and HTTP/2 exclude each other, also where one host has it', () => {
    for (const config of [{ http2: true }, { hosts: { 'a.test': { http2: 'only' } } }] as const) {
      for (const native of [{ allowH2: false }, { connect: { allowH2: false } }]) {
        expect(() => open(version, config, native as never)).toThrow('allowH2: set http2 in the pool config')
      }
    }
  })

  test('options go through: what is refused is not what works', async () => {
    const { origin } = await serve((_request, response) => void response.end('ok'))
    const connect = {
      noDelay: true,
      highWaterMark: 1024,
      family: 4 as const,
      rejectUnauthorized: false,
      allowH2: false,
      maxCachedSessions: 1,
    }
    const pool = open(
      version,
      {},
      { connect, allowH2: false, headersTimeout: 5000, maxHeaderSize: 9000, localAddress: '127.0.0.1' },
    )
    expect(await get(pool, origin.replace('localhost', '127.0.0.1'))).toBe('ok')
  })

  test.each([
    [{ headersTimeout: -1 }, 'headersTimeout'],
    [{ maxHeaderSize: 'x' }, 'maxHeaderSize'],
    [{ socketPath: 5 }, 'socketPath'],
    [{ autoSelectFamilyAttemptTimeout: 'x' }, 'autoSelectFamilyAttemptTimeout'],
    [{ allowH2: 'no' }, 'allowH2'],
    [{ connect: { maxCachedSessions: -1 } }, 'maxCachedSessions'],
  ])(
    'a value that undici refuses is an error of the pool with its cause, and nothing is left of it: %j',
    async (native, name) => {
      const shared = open(version)
      const error = (() => {
        try {
          return open(version, shared as never, native as never)
        } catch (error) {
          return error as Error
        }
      })()
      expect(error).toBeInstanceOf(PoolUnsupportedError)
      expect(error).toMatchObject({
        message: expect.stringContaining(name),
        cause: expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }),
      })
      expect(membersOf(shared)).toBe(1)
    },
  )

  test('dnsCacheTtl and a connector of one’s own exclude each other', () => {
    const connect = () => new net.Socket()
    expect(() => open(version, { dnsCacheTtl: '1s' }, { connect })).toThrow(PoolUnsupportedError)
    const pool = open(version, { maxConnections: 3 }, { connect })
    expect(() => pool.reconfigure({ maxConnections: 5, dnsCacheTtl: '1s' })).toThrow(PoolUnsupportedError)
    expect(pool.config).toMatchObject({ maxConnections: 3, dnsCacheTtl: 0 })
  })

  test('native options of a request’s kind work', async () => {
    const { origin } = await serve(() => {})
    const pool = open(version, {}, { headersTimeout: 100 })
    await expect(get(pool, origin)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    await until(() => pool.stats().open === 0)
  })

  test('the limit of an origin holds for pools of one budget, also for one that the core had forgotten', async () => {
    const gate = new Gate()
    const { origin } = await serve(gate.listener)
    const first = open(version, { maxConnectionsPerHost: 1, keepAlive: false })
    const second = open(version, first as never)
    await get(first, origin)
    await until(() => first.stats().open === 0)
    const held = get(second, `${origin}/held`)
    await until(() => gate.waiting === 1)
    const waiting = get(first, origin)
    expect(first.stats()).toMatchObject({ open: 1, pending: 1 })
    gate.open()
    await Promise.all([held, waiting])
  })
})
