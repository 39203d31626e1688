import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { type DialectName, dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { PoolConfigError } from '../../src/errors.ts'

const url = 'http://us%40er:sesame%3A@proxy.test:3128'

function told({ proxy, noProxy }: PoolConfig) {
  return [proxy instanceof ProxyServer ? proxy.urlWithCredentials() : proxy, noProxy]
}

/** Settings, and the proxy and list that they become. */
type Row = readonly [name: DialectName, settings: object, proxy: string | boolean | undefined, noProxy: string[] | undefined]
const readings = [
  ['httpx', {}, undefined],
  ['httpx', { proxy: url }, url],
  ['httpx', { proxy: url, trust_env: true }, url],
  ['httpx', { proxy: null, trust_env: true }, 'env'],
  ['httpx', { trust_env: false }, false],
  ['requests', { proxies: { http: url, https: url, no_proxy: 'localhost, .b.test' } }, url, ['localhost', '.b.test']],
  ['requests', { proxies: { https: url } }, url],
  ['requests', { proxies: { http: 'http://o.test', https: url } }, url],
  ['requests', { trust_env: true }, 'env'],
  ['requests', { proxies: {}, trust_env: false }, false],
  ['urllib3', { proxy_url: url }, url],
  ['aiohttp', { proxy: url, trust_env: false }, url],
  ['aiohttp', { trust_env: true }, 'env'],
  ['aiohttp', {}, undefined],
  ['pycurl', { PROXY: url, NOPROXY: 'a.test,10.0.0.0/8' }, url, ['a.test', '10.0.0.0/8']],
  ['pycurl', { PROXY: 'proxy.test' }, 'http://proxy.test:1080'],
  ['pycurl', { PROXY: 'https://proxy.test' }, 'https://proxy.test:443'],
  ['pycurl', { PROXY: 'proxy.test:3128', PROXYUSERPWD: 'us%40er:sesame%3A' }, url],
  ['pycurl', { PROXY: 'socks5h://proxy.test', HTTPPROXYTUNNEL: 1 }, 'socks5h://proxy.test:1080'],
  ['pycurl', { PROXY: '' }, false],
] as const

describe('read', () => {
  it.each(readings.map((row) => [...row, undefined].slice(0, 4) as unknown as Row))(
    '%s: %o',
    (name, settings, proxy, noProxy) => {
      const reading = (dialects[name] as Dialect).read(settings)
      expect(told(reading.config)).toEqual([proxy, noProxy])
      expect(inspect(reading, { depth: 10 })).not.toContain('sesame')
      parsePoolConfig(reading.config)
    },
  )

  it('mounts of httpx, in which hosts have proxies of their own', () => {
    const { config, notes } = dialects.httpx.read({
      mounts: {
        'all://': url,
        'all://*b.test': null,
        'all://*.c.test': 'http://c.test:1',
        'https://d.test:8443': 'http://d.test:1',
        'all://[::1]': null,
      },
    })
    expect(told(config)[0]).toBe(url)
    const shown = Object.entries(config.hosts ?? {}).map(([host, { proxy }]) => `${host} ${proxy}`)
    expect(shown).toEqual([
      'b.test false',
      '*.b.test false',
      '*.c.test http://c.test:1',
      'https://d.test:8443 http://d.test:1',
      '[::1] false',
    ])
    expect(notes.map(({ field }) => field)).toEqual(['mounts'])
    const each = dialects.httpx.read({ mounts: { 'http://': 'http://o.test', 'https://': url } })
    expect(told(each.config)[0]).toBe(url)
    expect(each.notes).toHaveLength(2)
  })

  it('says what is different, and what has no effect', () => {
    const notes = (name: DialectName, settings: object) =>
      (dialects[name] as Dialect).read(settings).notes.map(({ message }) => message)
    expect(notes('requests', { proxies: { http: 'http://o.test', https: url } })).toContain(
      'proxies.http: a pool has one proxy for both schemes, and that for https was taken',
    )
    expect(notes('httpx', { proxy: url })).toContain('proxy: of httpx each proxy is a pool of its own, with these limits again')
    expect(notes('pycurl', { PROXYUSERPWD: 'a:sesame' })).toContain(
      'PROXYUSERPWD: has no effect without PROXY: what the environment names has its own',
    )
  })

  it.each<readonly [DialectName, object, string]>([
    ['httpx', { proxy: 'user:sesame@proxy.test' }, 'proxy'],
    ['httpx', { proxy: 5 }, 'proxy'],
    ['httpx', { mounts: { 'all://': 'http://user:sesame@x/y' } }, 'mounts'],
    ['httpx', { mounts: { 'https://*.a.test': null } }, 'mounts'],
    ['httpx', { mounts: 'http://user:sesame@x' }, 'mounts'],
    ['requests', { proxies: 'http://user:sesame@proxy.test' }, 'proxies'],
    ['requests', { proxies: { https: 'ftp://user:sesame@x' } }, 'proxies.https'],
    ['requests', { proxies: { no_proxy: 'http://user:sesame@x' } }, 'proxies.no_proxy'],
    ['urllib3', { proxy_url: 'http://user:sesame' }, 'proxy_url'],
    ['aiohttp', { proxy: 'http://user:sesame@x/path' }, 'proxy'],
    ['pycurl', { PROXY: 'http://user:sesame@x:0' }, 'PROXY'],
    ['pycurl', { PROXY: 'x', PROXYUSERPWD: ['sesame'] }, 'PROXYUSERPWD'],
  ])('%s refuses %o, and tells no password', (name, settings, path) => {
    try {
      ;(dialects[name] as Dialect).read(settings)
    } catch (error) {
      expect(error).toBeInstanceOf(PoolConfigError)
      expect((error as PoolConfigError).issues.map((issue) => issue.path)).toEqual([path])
      expect(inspect(error, { depth: 10 })).not.toContain('sesame')
      return
    }
    throw new Error('it was accepted')
  })
})

describe('written', () => {
  const said = ['httpx', 'requests', 'urllib3', 'aiohttp', 'pycurl'] as const

  it.each(said)('by %s, and read back; no password stands in the code', (name) => {
    const { write, read }: Dialect = dialects[name]
    const written = write({ proxy: url })
    expect(told(read(written.settings).config)[0]).toBe(url)
    expect(written.code).toContain('import os\n')
    expect(written.code).toContain('os.environ["PROXY_URL"]')
    expect(written.code + JSON.stringify(written.notes)).not.toContain('sesame')
    expect(write({ proxy: 'http://proxy.test:3128' }).code).toContain('"http://proxy.test:3128"')
    // What is not said is left as the library has it.
    expect(write({}).code).not.toMatch(/proxy|trust_env|import os/i)
  })

  it.each<readonly [DialectName, PoolConfig, readonly (string | RegExp)[]]>([
    ['httpx', { proxy: 'env' }, ['trust_env=True']],
    ['httpx', { proxy: false }, ['trust_env=False']],
    ['requests', { proxy: false }, ['session.trust_env = False']],
    // The environment would go before it.
    [
      'requests',
      { proxy: 'http://p.test', noProxy: ['a.test'] },
      [
        'session.proxies = {\n    "http": "http://p.test:80",\n    "https": "http://p.test:80",\n    "no_proxy": "a.test",\n}\n',
        'session.trust_env = False',
      ],
    ],
    ['urllib3', { proxy: 'http://p.test' }, ['urllib3.ProxyManager(', 'proxy_url="http://p.test:80"']],
    ['aiohttp', { proxy: 'env' }, ['trust_env=True']],
    ['pycurl', { proxy: false }, ['handle.setopt(pycurl.PROXY, "")']],
    ['pycurl', { proxy: 'http://p.test', noProxy: ['a.test'] }, ['pycurl.PROXY, "http://p.test:80"', 'pycurl.NOPROXY, "a.test"']],
  ])('by %s: %o', (name, config, parts) => {
    const { code } = (dialects[name] as Dialect).write(config)
    for (const part of parts) expect(code).toContain(part)
  })

  it('with a note where there is no such thing', () => {
    const lost = (name: DialectName, config: PoolConfig) =>
      (dialects[name] as Dialect).write(config).notes.map(({ field }) => field)
    expect(lost('urllib3', { proxy: 'env' })).toContain('proxy')
    expect(lost('sqlalchemy', { proxy: url })).toContain('proxy')
    expect(lost('httpx', { proxy: url, noProxy: ['a.test'], maxConnectionsPerProxy: 5 })).toEqual(
      expect.arrayContaining(['noProxy', 'maxConnectionsPerProxy']),
    )
    expect(lost('pycurl', { proxy: url, noProxy: ['a.test'] })).not.toContain('noProxy')
  })
})
