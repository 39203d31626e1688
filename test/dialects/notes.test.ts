import { describe, expect, test } from 'vitest'
import type { Note, PoolConfig } from '../../src/config/types.ts'
import { type DialectName, dialects } from '../../src/dialects/index.ts'
import type { Dialect, ReadOptions } from '../../src/dialects/types.ts'
import { codes } from './codes.ts'

const dialectOf = (name: string): Dialect => dialects[name as DialectName]
const said = (notes: readonly Note[], field: string) => notes.filter((note) => note.field === field).map(({ message }) => message)

describe('what was written', () => {
  const note = (name: DialectName, config: PoolConfig, field: string) => said(dialectOf(name).write(config).notes, field).join()

  test.each<readonly [name: DialectName, config: PoolConfig, field: string, message: string]>([
    ['sqlalchemy', { connectTimeout: '3s' }, 'connectTimeout', "3s is left out; the driver's, in connect_args"],
    ['sqlalchemy', { tcpKeepAlive: '30s' }, 'tcpKeepAlive', "30s is left out; the driver's, in connect_args"],
    [
      'sqlalchemy',
      { maxConnections: 'unlimited', acquireTimeout: '2s' },
      'acquireTimeout',
      '2s is left out; counts where requests wait at all',
    ],
    ['urllib3', { block: false, acquireTimeout: '2s' }, 'acquireTimeout', '2s is left out; counts with block=True only'],
    [
      'requests',
      { block: false, acquireTimeout: '2s' },
      'acquireTimeout',
      '2s is left out; a request waits for ever with pool_block=True, and never without',
    ],
    [
      'httpx',
      { block: false, maxOverflow: 0, acquireTimeout: '2s' },
      'acquireTimeout',
      '2s is left out; counts where requests wait at all',
    ],
    [
      'httpx',
      { scheduling: 'fifo' },
      'scheduling',
      'fifo is left out; the idle connection that was created first is reused, always',
    ],
    [
      'aiohttp',
      { keepAlive: false, keepAliveExpiry: '30s' },
      'keepAliveExpiry',
      '30s is left out; with keepAlive: false no connection is used again',
    ],
    [
      'urllib3',
      { maxConnectionsPerHost: 6, maxIdleConnectionsPerHost: 2 },
      'maxIdleConnectionsPerHost',
      '2 is left out; one number says how many connections of a host are opened and how many are kept',
    ],
    [
      'aiohttp',
      { hosts: { 'a.test': { keepAlive: false } } },
      'hosts',
      'what is set for a host is left out; one connector has one set of limits for all hosts',
    ],
  ])('%s leaves out what it has no setting for: %j', (name, config, field, message) => {
    expect(note(name, config, field)).toBe(`${field}: ${message}`)
  })

  test.each<readonly [name: DialectName, config: PoolConfig, field: string, message: string]>([
    // Of itself the library does what a pool does too, so that reading does not mention it.
    ['aiohttp', { retryStale: false }, 'retryStale', 'false becomes true; idempotent requests are sent again'],
    ['requestx', { tcpKeepAlive: '30s' }, 'tcpKeepAlive', '30s becomes 15s; '],
    ['requests', { acquireTimeout: '2s' }, 'acquireTimeout', '2s becomes unlimited; '],
    ['pycurl', { block: false }, 'block', 'false becomes true; at a limit a transfer always waits'],
    ['aiohttp', { maxOverflow: 5 }, 'maxOverflow', '5 becomes 0; there are no connections beyond a limit'],
    ['urllib3', { maxConnections: 'unlimited' }, 'maxOverflow', '0 becomes unlimited; '],
  ])('%s does something of itself: %j', (name, config, field, message) => {
    expect(note(name, config, field)).toContain(`${field}: ${message}`)
  })

  const both = (size: number, overflow: number, open: string) =>
    `is written as pool_size=${size} and max_overflow=${overflow}, which open ${open} and keep ${size}`

  test.each<readonly [config: PoolConfig, notes: { readonly [field: string]: string }]>([
    [
      { maxConnections: 50, maxIdleConnections: 10 },
      {
        maxConnections: `50 ${both(10, 40, '50 connections at most')}`,
        maxIdleConnections: `10 ${both(10, 40, '50 connections at most')}`,
        maxOverflow: `0 ${both(10, 40, '50 connections at most')}`,
      },
    ],
    [
      { maxConnections: 50, maxConnectionsPerHost: 20, maxIdleConnectionsPerHost: 8, maxOverflow: 2 },
      {
        maxConnections: `50 ${both(8, 14, '22 connections at most')}`,
        maxConnectionsPerHost: `20 ${both(8, 14, '22 connections at most')}`,
        maxIdleConnectionsPerHost: `8 ${both(8, 14, '22 connections at most')}`,
      },
    ],
    [
      { maxConnections: 'unlimited', maxIdleConnections: 10 },
      { maxConnections: `unlimited ${both(10, -1, 'any number of connections')}` },
    ],
    [
      { maxConnections: 'unlimited', block: false },
      { block: 'false is written as pool_size=0, under which there is no limit and no request waits' },
    ],
  ])('sqlalchemy: what its two numbers do together: %j', (config, notes) => {
    for (const [field, message] of Object.entries(notes)) {
      expect(dialects.sqlalchemy.write(config).notes).toContainEqual({
        field,
        support: 'approximated',
        message: `${field}: ${message}`,
      })
    }
  })

  test('a dictionary stands as Python formatters leave it', () => {
    expect(dialects.urllib3.write({ keepAlive: false }).code).toContain('headers={"Connection": "close"}')
  })
})

describe('what was read', () => {
  const notes = (name: DialectName, settings: object, options?: ReadOptions) => dialectOf(name).read(settings, options).notes

  test.each(Object.entries(codes))('%s: a note names its setting first', (name) => {
    const { read, support } = dialectOf(name)
    let seen = 0
    for (const path of Object.keys(support.settings)) {
      const [group = '', key] = path.split('.')
      for (const value of [7, true, { 'X-Team': 'a' }, ['Keep-Alive: 300']]) {
        // Of httpx's timeouts none stands alone.
        const beside = group === 'timeout' && /^(httpx|requestx)$/.test(name) ? { timeout: 5 } : {}
        const one = key === undefined ? value : { ...beside, [key]: value }
        for (const { field, message } of attempt(() => read({ [group]: one }).notes)) {
          expect(message.startsWith(`${field}: `), message).toBe(true)
          seen++
        }
      }
    }
    expect(seen).toBeGreaterThan(1)
  })

  test.each<readonly [name: DialectName, settings: object, field: string, message: string]>([
    [
      'pycurl',
      { MAXLIFETIME_CONN: 60 },
      'MAXLIFETIME_CONN',
      'the same for all connections; a pool takes up to 10 % off at random',
    ],
    ['aiohttp', { enable_cleanup_closed: true }, 'enable_cleanup_closed', 'connections are always closed in full'],
    ['httpx', { timeout: { timeout: 5 } }, 'timeout.timeout', 'also bounds reading and writing, which is set on the request'],
    [
      'httpx',
      { timeout: 5 },
      'timeout',
      'for reading and writing it bounds a step of one request, not the pool; set a timeout on the request',
    ],
    ['urllib3', { headers: { 'X-A': 'b' } }, 'headers', 'the header "X-A" is no setting of a pool: send it with the requests'],
  ])('%s: %j', (name, settings, field, message) => {
    expect(said(notes(name, settings), field)).toEqual([`${field}: ${message}`])
  })

  test.each([
    ['PycURL/7.45.2 libcurl/7.88.1 OpenSSL/3.0.17', 'added handle'],
    ['8.13.0', 'added handle'],
    ['8.14.0', 'running transfer'],
    [undefined, 'running transfer'],
  ])('libcurl %s sizes its cache by each %s', (version, counted) => {
    expect(said(notes('pycurl', {}, { version }), 'M_MAXCONNECTS')).toEqual([
      `M_MAXCONNECTS: without it libcurl keeps four connections for each ${counted}; a pool keeps all`,
    ])
  })

  test.each<readonly [name: DialectName, settings: object, field: string]>([
    ['sqlalchemy', { pool_size: 0, max_overflow: 3 }, 'max_overflow'],
    ['pycurl', { CONNECTTIMEOUT: 3, CONNECTTIMEOUT_MS: 250 }, 'CONNECTTIMEOUT'],
    ['pycurl', { CONNECTTIMEOUT_MS: 250, CONNECTTIMEOUT: 3 }, 'CONNECTTIMEOUT_MS'],
    ['pycurl', { M_MAXCONNECTS: 3, MAXCONNECTS: 9 }, 'MAXCONNECTS'],
    ['pycurl', { TCP_KEEPINTVL: 30 }, 'TCP_KEEPINTVL'],
    ['aiohttp', { use_dns_cache: false, ttl_dns_cache: 5 }, 'ttl_dns_cache'],
    ['urllib3', { pool_timeout: 2 }, 'pool_timeout'],
  ])('%s: a setting without effect means nothing else: %j', (name, settings, field) => {
    expect(said(notes(name, settings), field)).toEqual([expect.stringContaining(`${field}: has no effect `)])
  })

  test('of two settings the one that counts keeps its meaning', () => {
    const read = notes('pycurl', { CONNECTTIMEOUT: 3, CONNECTTIMEOUT_MS: 250 })
    expect(said(read, 'CONNECTTIMEOUT_MS')).toEqual([expect.stringContaining('bounds waiting and connecting together')])
  })
})

/** A value may be what the setting can't be. */
function attempt(read: () => readonly Note[]): readonly Note[] {
  try {
    return read()
  } catch {
    return []
  }
}
