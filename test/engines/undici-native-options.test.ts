import net from 'node:net'
import { describe, expect, test } from 'vitest'
import { PoolUnsupportedError } from '../../src/errors.ts'
import { Gate, getterOf, open, serve, until, versions } from './undici-harness.ts'

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
    [{ allowH2: true }, 'HTTP/1.1'],
    [{ connect: { allowH2: true } }, 'HTTP/1.1'],
    [{ factory: () => {} }, 'factory'],
  ])('the native option %j is refused by name', (native, advice) => {
    expect(() => open(version, {}, native as never)).toThrow(PoolUnsupportedError)
    expect(() => open(version, {}, native as never)).toThrow(advice)
  })

  test('native options that undici refuses are refused at once', () => {
    expect(() => open(version, {}, { headersTimeout: -1 })).toThrow('headersTimeout')
  })

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
