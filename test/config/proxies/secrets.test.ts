import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatValue } from '../../../src/config/format.ts'
import { parsePoolConfig, patchPoolConfig } from '../../../src/config/parse.ts'
import type { ProxyServer } from '../../../src/config/proxies/proxy-server.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { literal } from '../../../src/text/literal.ts'
import { errorOf } from './errors.ts'

const url = 'http://user:sesame@proxy.test:3128'
const masked = 'http://user:***@proxy.test:3128'
const given: PoolConfig = { proxy: url, hosts: { 'a.test': { proxy: 'https://:sesame@other.test' }, 'b.test': { proxy: false } } }

/** Everything by which people look at a value. */
function looksAt(value: unknown): string[] {
  return [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(value),
    String(value),
    literal(value),
  ]
}

describe('a config with a password', () => {
  const { config } = parsePoolConfig(given)

  it('shows it to nobody', () => {
    for (const text of looksAt(config)) expect(text).not.toContain('sesame')
    expect(inspect(config)).toContain(`proxy: ${masked}`)
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({
      proxy: masked,
      hosts: { 'a.test': { proxy: 'https://:***@other.test:443' }, 'b.test': { proxy: false } },
    })
    expect(formatValue('proxy', config.proxy)).toBe(masked)
    expect(formatValue('hosts', config.hosts)).not.toContain('sesame')
  })

  it('is a config that still has it, also in a copy and through a change', () => {
    const copies = [parsePoolConfig(config), parsePoolConfig({ ...config, hosts: { ...config.hosts } })]
    copies.push(patchPoolConfig(parsePoolConfig(config), { maxConnections: 5 }), patchPoolConfig(parsePoolConfig({}), config))
    for (const { config: copy } of copies) {
      expect((copy.proxy as ProxyServer).credentials()).toEqual({ username: 'user', password: 'sesame' })
      const { proxy } = copy.hosts['a.test'] ?? {}
      expect((proxy as ProxyServer).credentials()).toEqual({ username: '', password: 'sesame' })
    }
  })

  it('differs from one with another, for who compares', () => {
    expect(parsePoolConfig(given).config).toEqual(config)
    expect(parsePoolConfig({ ...given, proxy: url.replace('sesame', 'other') }).config).not.toEqual(config)
  })

  it('is written masked into JSON, which is refused and not taken for a password', () => {
    const { issues } = errorOf(() => parsePoolConfig(JSON.parse(JSON.stringify(config))))
    expect(issues.map(({ path }) => path)).toEqual(['proxy', 'hosts["a.test"].proxy'])
    expect(issues[0]?.message).toMatch(/has its password masked: write the password itself/)
  })
})

/** Wrong in all ways that keep a password in them. */
const wrong: readonly unknown[] = [
  'user:sesame@proxy.test',
  'user:sesame@proxy.test:3128',
  '//user:sesame@proxy.test',
  'http://user:sesame',
  'http://user:sesame:3128',
  'http:/user:sesame@proxy.test',
  'http:user:sesame@proxy.test',
  'ftp://user:sesame@proxy.test',
  'http://user:sesame@proxy.test/path',
  'http://proxy.test/?access_token=sesame',
  'http://user:other@proxy.test:8080/#sesame',
  'proxy.test?key=sesame',
  'http://user:sesame@proxy.test:0',
  'http://user:sesame@proxy.test:70000',
  'http://user:sesame @proxy.test',
  'http://user:sesame%@proxy.test',
  'http://user:sesame/x@proxy.test',
  'http://user:sesame#x@proxy.test',
  'http://user:sesame?x@proxy.test',
  'http://user:sesame@',
  'http://user:sesame@proxy.test,http://other.test',
  ['http://user:sesame@proxy.test'],
  { host: 'proxy.test', auth: { username: 'user', password: 'sesame' } },
  new URL('http://user:sesame@proxy.test/path'),
]

it.each(wrong.map((value) => [value]))('the error of %o tells none', (value) => {
  for (const config of [{ proxy: value }, { hosts: { 'a.test': { proxy: value } } }, { noProxy: [value] }, { noProxy: value }]) {
    const error = errorOf(() => parsePoolConfig(config))
    expect(error.code).toBe('ERR_POOL_CONFIG')
    expect(error.message).toMatch(/^(hosts\["a\.test"\]\.)?(proxy|noProxy): \S/)
    for (const text of [...looksAt(error), ...looksAt(error.issues)]) expect(text).not.toContain('sesame')
  }
})
