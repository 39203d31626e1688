import { describe, expect, test } from 'vitest'
import { hostFieldNames } from '../../src/config/fields.ts'
import { compileHosts, readHostKey } from '../../src/config/hosts.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { HostConfig, HostLimits, PoolConfig } from '../../src/config/types.ts'
import { timesAsMuch } from '../time.ts'

function limits(config: PoolConfig): (origin: string) => HostLimits {
  return compileHosts(parsePoolConfig(config).config)
}

/** The keys, each with a limit of its own, of which the origin obeys one. */
function winner(keys: readonly string[], origin: string): string {
  const hosts = Object.fromEntries(keys.map((key, index): [string, HostConfig] => [key, { maxConnectionsPerHost: index + 1 }]))
  const { maxConnectionsPerHost } = limits({ hosts })(origin)
  return keys[maxConnectionsPerHost - 1] ?? 'none'
}

describe('keys', () => {
  test.each([
    ['api.test', 'api.test'],
    ['API.Test', 'api.test'],
    ['api.test.', 'api.test'],
    ['http://api.test.:8080', 'http://api.test:8080'],
    ['*.api.test.', '*.api.test'],
    ['my_service', 'my_service'],
    ['localhost:3000', 'localhost:3000'],
    ['api.test:080', 'api.test:80'],
    ['HTTPS://API.test:8443', 'https://api.test:8443'],
    ['https://api.test', 'https://api.test:443'],
    ['http://api.test', 'http://api.test:80'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.1:80', '127.0.0.1:80'],
    ['[::1]', '[::1]'],
    ['[0:0:0:0:0:0:0:1]:8080', '[::1]:8080'],
    ['http://[::FFFF:1.2.3.4]', 'http://[::ffff:102:304]:80'],
    ['*.Example.com', '*.example.com'],
    ['*.com', '*.com'],
    ['bücher.test', 'xn--bcher-kva.test'],
    ['constructor', 'constructor'],
  ])('%s', (key, value) => {
    expect(readHostKey(key)).toEqual({ value })
    expect(readHostKey(value)).toEqual({ value })
  })
})

/** What would match nothing, and what it would have to be. */
test.each([
  ['.example.com', 'is not a host: for all hosts below it, write "*.example.com"'],
  ['https://.example.com', 'is not a host: for all hosts below it, write "*.example.com"'],
  ['.', 'is not a host: use a name such as "api.example.com", or an address'],
  ['..', 'is not a host: use a name such as "api.example.com", or an address'],
  ['a..b', 'is not a host: use a name such as "api.example.com", or an address'],
  ['a.test..', 'is not a host: use a name such as "api.example.com", or an address'],
  ['(x)', 'is not a host: use a name such as "api.example.com", or an address'],
  ['a!b.test', 'is not a host: use a name such as "api.example.com", or an address'],
  ['a,b', 'is not a host: use a name such as "api.example.com", or an address'],
  ['__PROTO__', 'is not a host: use a name such as "api.example.com", or an address'],
  ['a.256', 'is not a host: use a name such as "api.example.com", or an address'],
  [`${'a'.repeat(64)}.test`, 'is not a host: use a name such as "api.example.com", or an address'],
  [`${'a.'.repeat(127)}a`, 'is not a host: use a name such as "api.example.com", or an address'],
  ['*.', 'is not a suffix: use a name, as in "*.example.com"'],
  ['*..test', 'is not a suffix: use a name, as in "*.example.com"'],
  ['*.(x)', 'is not a suffix: use a name, as in "*.example.com"'],
  ['*.1', 'is not a suffix: use a name, as in "*.example.com"'],
])('%s is no key', (key, problem) => {
  expect(readHostKey(key)).toEqual({ problem })
})

describe('compileHosts', () => {
  const all = ['https://a.b.test:443', 'a.b.test:443', 'a.b.test', '*.b.test', '*.test']

  test('the most specific key wins', () => {
    for (let index = 0; index < all.length; index++) {
      const keys = all.slice(index)
      expect(winner(keys, 'https://a.b.test:443')).toBe(keys[0])
      expect(winner(keys.toReversed(), 'https://a.b.test:443')).toBe(keys[0])
    }
  })

  test.each([
    ['http://a.b.test:80', 'a.b.test'],
    ['http://a.b.test:443', 'a.b.test:443'],
    ['https://a.b.test:8443', 'a.b.test'],
    ['https://c.b.test:443', '*.b.test'],
    ['https://x.y.b.test:443', '*.b.test'],
    ['https://b.test:443', '*.test'],
    ['https://cb.test:443', '*.test'],
    ['https://A.B.TEST:443', 'https://a.b.test:443'],
    ['https://a.b.test.:443', 'https://a.b.test:443'],
    ['http://a.b.test.:80', 'a.b.test'],
    ['https://c.b.test.:443', '*.b.test'],
    ['https://test:443', 'none'],
    ['https://a.b.test.other:443', 'none'],
    ['http://unix:/run/a.b.test', 'none'],
    ['http://unix:/run/a.b.test:80', 'none'],
    ['nonsense', 'none'],
    ['', 'none'],
    [`http://${'a.'.repeat(100_000)}test:80`, 'none'],
  ])('%s', (origin, key) => {
    expect(winner(all, origin)).toBe(key)
  })

  test('a unix socket obeys no key, whatever its path', () => {
    expect(winner(['unix', 'unix:80'], 'http://unix:/run/docker.sock')).toBe('none')
  })

  test('IPv6, with and without a port', () => {
    expect(winner(['[::1]:8080', '[::1]'], 'http://[::1]:8080')).toBe('[::1]:8080')
    expect(winner(['[::1]:8080', '[::1]'], 'http://[::1]:80')).toBe('[::1]')
  })

  test('field by field: what a key leaves out comes from the next, at last from the pool', () => {
    const of = limits({
      maxConnectionsPerHost: 1,
      acquireTimeout: '1s',
      connectTimeout: '1s',
      keepAliveExpiry: '1s',
      keepAlive: false,
      hosts: {
        '*.test': {
          acquireTimeout: '2s',
          connectTimeout: '2s',
          keepAliveExpiry: '2s',
          keepAlive: true,
          maxRequestsPerConnection: 2,
        },
        '*.b.test': { connectTimeout: '3s', keepAliveExpiry: '3s', maxLifetime: '3s' },
        'a.b.test': { keepAliveExpiry: '4s', maxIdleConnectionsPerHost: 4 },
        'https://a.b.test': { keepAliveHintMargin: '5s' },
      },
    })
    expect(of('https://a.b.test:443')).toMatchObject({
      maxConnectionsPerHost: 1,
      maxIdleConnectionsPerHost: 4,
      keepAlive: true,
      keepAliveExpiry: 4000,
      keepAliveHintMargin: 5000,
      maxLifetime: 3000,
      maxRequestsPerConnection: 2,
      acquireTimeout: 2000,
      connectTimeout: 3000,
    })
  })

  test('an override may be wider than the pool, or unlimited', () => {
    const of = limits({ maxConnectionsPerHost: 1, hosts: { 'a.test': { maxConnectionsPerHost: 'unlimited' } } })
    expect(of('http://a.test:80').maxConnectionsPerHost).toBe(Number.POSITIVE_INFINITY)
    expect(of('http://b.test:80').maxConnectionsPerHost).toBe(1)
  })

  test('origins without an override share one frozen object', () => {
    const of = limits({})
    expect(of('http://a.test:80')).toBe(of('https://b.test:443'))
    const withHosts = limits({ hosts: { 'a.test': { keepAlive: false } } })
    expect(withHosts('http://b.test:80')).toBe(withHosts('http://c.test:80'))
    for (const origin of ['http://a.test:80', 'http://b.test:80']) expect(Object.isFrozen(withHosts(origin))).toBe(true)
    expect(Object.keys(of('http://a.test:80'))).toEqual(hostFieldNames)
  })

  test('names of Object.prototype are hosts like others', () => {
    expect(winner(['constructor'], 'http://constructor:80')).toBe('constructor')
    expect(winner(['a.test'], 'http://constructor:80')).toBe('none')
    expect(winner(['a.test'], 'http://__proto__:80')).toBe('none')
  })

  test('many hosts cost one look-up no more', () => {
    const lookUps = (count: number) => {
      const of = limits({
        hosts: Object.fromEntries(Array.from({ length: count }, (_, index) => [`*.h${index}.test`, { keepAlive: false }])),
      })
      return () => {
        for (let asked = 0; asked < 2000; asked++) {
          const index = (asked * 7919) % count
          if (of(`http://a.h${index}.test:80`).keepAlive !== false) throw new Error(`h${index} is not found`)
        }
      }
    }
    // What is linear would cost a thousand times as much.
    expect(timesAsMuch(lookUps(20), lookUps(20_000))).toBeLessThan(30)
  })
})
