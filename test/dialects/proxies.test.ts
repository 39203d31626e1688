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
type Row = readonly [
  name: DialectName,
  settings: object,
  proxy: string | boolean | undefined,
  noProxy: string[] | 'env' | undefined,
]
const readings = [
  ['httpx', {}, 'env'],
  ['httpx', { proxy: null }, 'env'],
  ['httpx', { proxy: url }, url],
  ['httpx', { proxy: url, trust_env: true }, url],
  ['httpx', { proxy: null, trust_env: true }, 'env'],
  ['httpx', { trust_env: false }, false],
  ['httpx', { mounts: { 'all://': null } }, 'env'],
  ['httpx', { mounts: { 'http://': null, 'https://': null } }, false],
  ['httpx', { mounts: { 'all://': null }, trust_env: false }, false],
  ['httpx', { proxies: url }, url],
  ['httpx', { proxies: { 'http://': url, 'https://': url } }, url],
  ['requestx', {}, 'env'],
  ['requestx', { trust_env: false }, false],
  ['requestx', { proxy: url }, url],
  ['requests', {}, 'env'],
  ['requests', { proxies: { http: url, https: url, no_proxy: 'localhost, .b.test' } }, url],
  ['requests', { proxies: { all: 'us%40er:sesame%3A@proxy.test:3128' } }, url],
  ['requests', { proxies: { http: '', https: '' } }, 'env'],
  ['requests', { proxies: { http: '', https: '' }, trust_env: false }, false],
  ['requests', { proxies: { https: null } }, 'env'],
  ['requests', { proxies: { https: url } }, url],
  ['requests', { proxies: { http: 'http://o.test', https: url } }, url],
  ['requests', { trust_env: true }, 'env'],
  ['requests', { proxies: {}, trust_env: false }, false],
  ['urllib3', {}, undefined],
  ['urllib3', { proxy_url: url }, url],
  ['urllib3', { proxy_url: 'socks5h://s.test' }, 'socks5h://s.test:1080'],
  [
    'urllib3',
    { proxy_url: 'http://proxy.test:3128', proxy_headers: { 'Proxy-Authorization': `Basic ${btoa('us@er:sesame:')}` } },
    url,
  ],
  ['aiohttp', { proxy: url, trust_env: false }, url],
  ['aiohttp', { trust_env: true }, 'env'],
  ['aiohttp', { proxy: 'http://proxy.test:3128', proxy_auth: ['us@er', 'sesame:'] }, url],
  ['aiohttp', {}, undefined],
  ['pycurl', { PROXY: url, NOPROXY: 'a.test,10.0.0.0/8' }, url, ['a.test', '10.0.0.0/8']],
  ['pycurl', {}, 'env'],
  ['pycurl', { NOPROXY: 'a.test' }, 'env', ['a.test']],
  ['pycurl', { NOPROXY: '' }, 'env', []],
  ['pycurl', { PROXY: url, NOPROXY: '' }, url, []],
  // NO_PROXY counts beside PROXY too.
  ['pycurl', { PROXY: 'proxy.test' }, 'http://proxy.test:1080', 'env'],
  ['pycurl', { PROXY: 'https://proxy.test' }, 'https://proxy.test:443', 'env'],
  ['pycurl', { PROXY: 'proxy.test:3128', PROXYUSERPWD: 'us%40er:sesame%3A' }, url, 'env'],
  ['pycurl', { PROXY: 'socks5h://proxy.test', HTTPPROXYTUNNEL: 1 }, 'socks5h://proxy.test:1080', 'env'],
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
    // What it is, and that variables for a scheme go before a pattern for all.
    expect(notes.map(({ field }) => field)).toEqual(['mounts', 'mounts'])
    const each = dialects.httpx.read({ mounts: { 'http://': 'http://o.test', 'https://': url } })
    expect(told(each.config)[0]).toBe(url)
    expect(each.notes.at(-1)?.message).toMatch(/^mounts: a pool has one proxy for http and https.* that for https was taken$/)
    const other = dialects.httpx.read({ mounts: { 'all://': url }, trust_env: false })
    expect(other.notes).toHaveLength(1)
  })

  it('proxies of requests, in which hosts have proxies of their own', () => {
    const { config } = dialects.requests.read({
      proxies: { all: url, 'all://a.test': '', 'https://b.test': 'http://o.test', 'http://c.test': null },
    })
    const shown = Object.entries(config.hosts ?? {}).map(([host, { proxy }]) => `${host} ${proxy}`)
    expect([told(config)[0], shown]).toEqual([url, ['a.test false', 'https://b.test:443 http://o.test:80']])
  })

  it.each([
    ['httpx', 'trust_env', /^trust_env: True, the default, asks HTTP_PROXY, .* ranges of addresses are unknown$/],
    ['requests', 'trust_env', /^trust_env: True, the default, asks HTTP_PROXY, .* also where proxies are given/],
    ['requestx', 'trust_env', /^trust_env: requestx itself asks HTTP_PROXY, .* whatever is set/],
    ['pycurl', 'PROXY', /^PROXY: without it libcurl asks http_proxy \(in small letters alone\), HTTPS_PROXY/],
  ] as const)('of %s with nothing said, that it goes by the environment', (name, field, message) => {
    const notes = (settings: object) => (dialects[name] as Dialect).read(settings).notes.filter((note) => note.field === field)
    expect(notes({}).map((note) => note.message)).toEqual([expect.stringMatching(message)])
    expect(notes(name === 'pycurl' ? { PROXY: '' } : { trust_env: false })).toEqual([])
  })

  it('says what is different, and what has no effect', () => {
    const notes = (name: DialectName, settings: object) =>
      (dialects[name] as Dialect).read(settings).notes.map(({ message }) => message)
    const ofRequests = (settings: object) => notes('requests', settings).join('\n')
    const byScheme = { proxies: { http: 'http://o.test', https: url }, trust_env: false }
    expect(ofRequests(byScheme)).toMatch(/^proxies: a pool has one proxy for http and https, .*; that for https was taken$/m)
    expect(ofRequests(byScheme)).not.toContain('go before')
    expect(ofRequests({ proxies: { http: url } })).toMatch(/; the one that there is was taken$/m)
    expect(ofRequests({ proxies: { all: url } })).toMatch(
      /^proxies: with trust_env=True, the default, variables .* go before it/m,
    )
    expect(ofRequests({ proxies: { all: url, no_proxy: 'a.test' } })).toMatch(/^proxies: no_proxy makes no difference in it/m)
    expect(notes('urllib3', { proxy_url: url }).join('\n')).toMatch(/^proxy_url: urllib3 itself does not send its user/m)
    expect(notes('urllib3', { proxy_headers: { 'X-Team': 'sesame' } }).join()).toMatch(/"X-Team" is no setting of a pool/)
    expect(notes('aiohttp', { proxy_auth: ['u', 'sesame'] })).toContain(
      'proxy_auth: has no effect without proxy: what the environment names has its own',
    )
    expect(notes('httpx', { proxy: url, trust_env: true })).toContain('trust_env: has no effect beside a proxy of its own')
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
    ['httpx', { proxies: 'http://user:sesame@x/y' }, 'proxies'],
    ['httpx', { proxies: { https: 'http://user:sesame@x' } }, 'proxies'],
    ['requests', { proxies: 'http://user:sesame@proxy.test' }, 'proxies'],
    ['requests', { proxies: { https: 'ftp://user:sesame@x' } }, 'proxies'],
    ['requests', { proxies: { ftp: 'http://user:sesame@x' } }, 'proxies'],
    ['requests', { proxies: { 'https://u:sesame@x': 'http://x' } }, 'proxies'],
    ['urllib3', { proxy_url: 'http://x', proxy_headers: 'Basic sesame' }, 'proxy_headers'],
    ['urllib3', { proxy_url: 'http://x', proxy_headers: { 'proxy-authorization': ['sesame'] } }, 'proxy_headers'],
    ['aiohttp', { proxy: 'http://x', proxy_auth: 'u:sesame' }, 'proxy_auth'],
    ['aiohttp', { proxy: 'socks5://u:sesame@x' }, 'proxy'],
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
    expect(written.code).toContain(`os.environ["${name === 'urllib3' ? 'PROXY_USERPWD' : 'PROXY_URL'}"]`)
    expect(written.code + JSON.stringify(written.notes)).not.toMatch(/sesame|c2VzYW1l/)
    expect(write({ proxy: 'http://proxy.test:3128' }).code).toContain('"http://proxy.test:3128"')
    expect(write({}).code).not.toContain('import os')
  })

  it.each<readonly [DialectName, PoolConfig, readonly (string | RegExp)[]]>([
    ['httpx', { proxy: 'env' }, ['httpx.AsyncClient(limits']],
    ['httpx', {}, ['trust_env=False']],
    ['httpx', { proxy: 'socks5h://s.test' }, ['(\n    proxy="socks5h://s.test:1080",\n    limits']],
    ['requestx', {}, ['trust_env=False']],
    ['requests', {}, ['session.trust_env = False']],
    ['requests', { proxy: 'env' }, ['session.mount("http://", adapter)\n']],
    // The environment would go before it.
    [
      'requests',
      { proxy: 'http://p.test', noProxy: ['a.test'] },
      [
        'session.proxies = {\n    "http": "http://p.test:80",\n    "https": "http://p.test:80",\n}\n',
        'session.trust_env = False',
      ],
    ],
    ['urllib3', { proxy: 'http://p.test' }, ['urllib3.ProxyManager(', 'proxy_url="http://p.test:80"']],
    ['urllib3', { proxy: 'socks5h://u:sesame@s.test' }, ['SOCKSProxyManager(\n    proxy_url=os.environ["PROXY_URL"],']],
    ['aiohttp', { proxy: 'env' }, ['trust_env=True']],
    ['pycurl', {}, ['handle.setopt(pycurl.PROXY, "")']],
    ['pycurl', { proxy: 'env', noProxy: ['a.test'] }, ['pycurl.NOPROXY, "a.test"']],
    ['pycurl', { proxy: 'http://p.test' }, ['pycurl.NOPROXY, ""']],
    ['pycurl', { proxy: 'http://p.test', noProxy: ['a.test'] }, ['pycurl.PROXY, "http://p.test:80"', 'pycurl.NOPROXY, "a.test"']],
  ])('by %s: %o', (name, config, parts) => {
    const { code } = (dialects[name] as Dialect).write(config)
    for (const part of parts) expect(code).toContain(part)
  })

  it.each(['aiohttp', 'urllib3'] as const)('by %s nothing where it asks no variables by itself', (name) => {
    expect((dialects[name] as Dialect).write({}).code).not.toMatch(/proxy|trust_env/i)
  })

  it('with a note where there is no such thing', () => {
    const lost = (name: DialectName, config: PoolConfig) =>
      (dialects[name] as Dialect).write(config).notes.map(({ field }) => field)
    expect(lost('urllib3', { proxy: 'env' })).toContain('proxy')
    expect(lost('sqlalchemy', { proxy: url })).toContain('proxy')
    expect(lost('httpx', { proxy: url, noProxy: ['a.test'], maxConnectionsPerProxy: 5 })).toEqual(
      expect.arrayContaining(['noProxy', 'maxConnectionsPerProxy']),
    )
    expect(lost('requests', { proxy: url, noProxy: ['a.test'] })).toContain('noProxy')
    expect(lost('aiohttp', { proxy: 'socks5h://s.test' })).toContain('proxy')
    expect(lost('pycurl', { proxy: url, noProxy: ['a.test:1'] })).toContain('noProxy')
  })
})
