import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../src/config/durations.ts'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames, hostFieldNames } from '../../src/config/fields.ts'
import { formatDefault } from '../../src/config/format.ts'
import { parsePoolConfig, patchPoolConfig } from '../../src/config/parse.ts'

const unlimited = Number.POSITIVE_INFINITY

/** The table of the contract, row by row. */
const defaults = {
  maxConnections: 100,
  maxConnectionsPerHost: unlimited,
  maxIdleConnections: unlimited,
  maxIdleConnectionsPerHost: unlimited,
  minIdleConnectionsPerHost: 0,
  maxHosts: unlimited,
  keepAlive: true,
  keepAliveExpiry: 4000,
  keepAliveHintMargin: 1000,
  maxLifetime: unlimited,
  maxRequestsPerConnection: unlimited,
  block: true,
  maxOverflow: 0,
  acquireTimeout: 30_000,
  maxPending: unlimited,
  connectTimeout: 10_000,
  tcpKeepAlive: 60_000,
  dnsCacheTtl: 0,
  scheduling: 'lifo',
  retryStale: true,
  proxy: false,
  noProxy: [],
  maxConnectionsPerProxy: unlimited,
  http2: false,
  maxStreamsPerConnection: 100,
  pingInterval: 60_000,
  hosts: {},
}

describe('defaults', () => {
  test('are those of the contract, in its order', () => {
    const { config, explicit, notes } = parsePoolConfig({})
    expect(config).toStrictEqual(defaults)
    expect(Object.keys(config)).toEqual(Object.keys(defaults))
    expect(fieldNames).toEqual(Object.keys(defaults))
    expect(explicit.size).toBe(0)
    expect(notes).toEqual([])
  })

  test('hold for no config at all, and for fields that are undefined', () => {
    expect(parsePoolConfig(undefined).config).toEqual(defaults)
    const { config, explicit } = parsePoolConfig({ maxConnections: undefined, hosts: { 'a.test': undefined } })
    expect(config).toEqual(defaults)
    expect([...explicit]).toEqual(['hosts'])
  })

  test('maxOverflow follows block, unless it is given', () => {
    expect(parsePoolConfig({ block: false }).config.maxOverflow).toBe(unlimited)
    expect(parsePoolConfig({ block: true }).config.maxOverflow).toBe(0)
    expect(parsePoolConfig({ block: false, maxOverflow: 0 }).config.maxOverflow).toBe(0)
  })

  test('are written as in the contract', () => {
    expect(formatDefault('maxConnections')).toBe('100')
    expect(formatDefault('maxHosts')).toBe('unlimited')
    expect(formatDefault('keepAliveExpiry')).toBe('4s')
    expect(formatDefault('maxOverflow')).toBe('0 if `block`, else unlimited')
    expect(formatDefault('dnsCacheTtl')).toBe('0')
    expect(formatDefault('hosts')).toBe('{}')
    expect(parseDuration(formatDefault('tcpKeepAlive'))).toBe(parseDuration('60s'))
  })
})

describe('fields', () => {
  test.each(fieldNames)('%s has an example that is valid, and says what it means', (field) => {
    const { example, meaning, trap } = fieldTexts[field]
    expect(() => parsePoolConfig({ [field]: example })).not.toThrow()
    for (const text of [meaning, trap]) expect(text).toMatch(/^[A-Za-z`].*\.$/)
  })

  test('those that hosts override are those of the contract', () => {
    const {
      maxConnectionsPerHost,
      maxIdleConnectionsPerHost,
      minIdleConnectionsPerHost,
      keepAlive,
      keepAliveExpiry,
      keepAliveHintMargin,
      ...others
    } = defaults
    const {
      maxLifetime,
      maxRequestsPerConnection,
      acquireTimeout,
      connectTimeout,
      proxy,
      http2,
      maxStreamsPerConnection,
      pingInterval,
      ...poolOnly
    } = others
    expect(fieldNames.filter((field) => !hostFieldNames.includes(field as never))).toEqual(Object.keys(poolOnly))
  })
})

describe('values', () => {
  test('counts, durations and switches as code or a file writes them', () => {
    const { config, explicit } = parsePoolConfig({
      $schema: 'https://example.com/schema.json',
      maxConnections: 'unlimited',
      maxHosts: unlimited,
      maxOverflow: 3,
      maxPending: 0,
      keepAliveExpiry: '1.5s',
      keepAliveHintMargin: 0,
      maxLifetime: '1h',
      acquireTimeout: 250.4,
      connectTimeout: 'unlimited',
      tcpKeepAlive: false,
      dnsCacheTtl: 'unlimited',
      scheduling: 'fifo',
    })
    expect(config).toMatchObject({
      maxConnections: unlimited,
      maxHosts: unlimited,
      maxOverflow: 3,
      maxPending: 0,
      keepAliveExpiry: 1500,
      keepAliveHintMargin: 0,
      maxLifetime: 3_600_000,
      acquireTimeout: 250,
      connectTimeout: unlimited,
      tcpKeepAlive: false,
      dnsCacheTtl: unlimited,
      scheduling: 'fifo',
    })
    expect(explicit.has('maxPending')).toBe(true)
    expect(explicit.has('block')).toBe(false)
    expect(config).not.toHaveProperty('$schema')
  })

  test('a negative zero is a plain one', () => {
    const { maxPending, maxOverflow, dnsCacheTtl } = parsePoolConfig({ maxPending: -0, maxOverflow: -0, dnsCacheTtl: -0 }).config
    expect([maxPending, maxOverflow, dnsCacheTtl]).toEqual([0, 0, 0])
  })

  test('objects without a prototype or of another realm are plain', () => {
    expect(parsePoolConfig(Object.assign(Object.create(null), { maxConnections: 5 })).config.maxConnections).toBe(5)
    expect(parsePoolConfig(runInNewContext('({ hosts: { "a.test": { keepAlive: false } } })')).config.hosts).toEqual({
      'a.test': { keepAlive: false },
    })
  })

  test('what is given is frozen in depth and shares nothing with the input', () => {
    const input = { maxConnections: 5, hosts: { 'A.test': { acquireTimeout: '2s' } } }
    const parsed = parsePoolConfig(input)
    input.maxConnections = 6
    input.hosts['A.test'].acquireTimeout = '3s'
    expect(parsed.config.maxConnections).toBe(5)
    expect(parsed.config.hosts).toEqual({ 'a.test': { acquireTimeout: 2000 } })
    for (const part of [parsed, parsed.config, parsed.config.hosts, parsed.config.hosts['a.test'], parsed.notes]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})

describe('patchPoolConfig', () => {
  test('keeps what the patch does not name', () => {
    const before = parsePoolConfig({ maxConnections: 5, acquireTimeout: '2s', hosts: { 'a.test': { keepAlive: false } } })
    const after = patchPoolConfig(before, { maxConnections: 7, acquireTimeout: undefined })
    expect(after.config).toEqual({ ...before.config, maxConnections: 7 })
    expect([...after.explicit]).toEqual(['maxConnections', 'acquireTimeout', 'hosts'])
    expect(patchPoolConfig(after, { hosts: {} }).config.hosts).toEqual({})
  })

  test('keeps defaults that depend on other fields dependent', () => {
    const before = parsePoolConfig({})
    const open = patchPoolConfig(before, { block: false })
    expect(open.config.maxOverflow).toBe(unlimited)
    expect(patchPoolConfig(open, { block: true }).config.maxOverflow).toBe(0)
    expect(patchPoolConfig(parsePoolConfig({ maxOverflow: 2 }), { block: false }).config.maxOverflow).toBe(2)
  })

  test('refuses a patch that is no config', () => {
    expect(() => patchPoolConfig(parsePoolConfig({}), { maxConnections: 0 })).toThrow('maxConnections: 0 is not a cap')
    expect(() => patchPoolConfig(parsePoolConfig({}), null)).toThrow('the pool config is null')
  })
})
