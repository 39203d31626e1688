import { describe, expect, test } from 'vitest'
import { imported } from './helpers.ts'

const imports = `import os, aiohttp, httpx, pycurl, requests, urllib3
from urllib3.contrib.socks import SOCKSProxyManager
`

const url = '"http://user:sesame@p.test:3128"'

/** What is made of one piece of source: the proxy, those of hosts, what is unknown, and remarks; nothing of it tells a password. */
function read(source: string) {
  const all = imported(`${imports}${source}\n`)
  // The settings are what the library itself is given.
  const shown = all.found.map(({ settings: _, ...one }) => one)
  expect(JSON.stringify([shown, all.problems])).not.toMatch(/sesame|c2VzYW1l/)
  expect(all.problems).toEqual([])
  const [found] = all.found
  const { proxy, noProxy, hosts } = found?.config ?? {}
  return {
    proxy: proxy === undefined || typeof proxy === 'string' || proxy === false ? proxy : String(proxy),
    noProxy,
    hosts: Object.entries(hosts ?? {}).map(([host, own]) => `${host}: ${own.proxy}`),
    unknown: found?.unknown.map(({ setting, source: text }) => `${setting}: ${text}`),
    told: found?.notes.map(({ message }) => message).join('\n') ?? '',
    origin: found?.origins.proxy,
  }
}

const masked = 'http://user:***@p.test:3128'

test.each([
  ['httpx.Client()', 'env'],
  ['httpx.Client(trust_env=False)', false],
  [`httpx.Client(proxy=${url})`, masked],
  // Before 0.28.
  [`httpx.Client(proxies=${url})`, masked],
  [`httpx.Client(proxies={"all://": ${url}})`, masked],
  // A transport asks no variables.
  ['httpx.Client(transport=httpx.HTTPTransport(http2=True))', false],
  ['httpx.Client(transport=httpx.HTTPTransport(), trust_env=True)', false],
  [`httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(proxy=${url}))`, masked],
  [`httpx.Client(mounts={"http://": httpx.HTTPTransport(proxy=${url}), "https://": httpx.HTTPTransport(proxy=${url})})`, masked],
  ['httpx.Client(mounts={"http://": None, "https://": httpx.HTTPTransport()})', false],
  ['requests.Session()', 'env'],
  ['session = requests.Session()\nsession.trust_env = False', false],
  [`session = requests.Session()\nsession.proxies = {"https": ${url}, "http": ${url}}`, masked],
  [`session = requests.Session()\nsession.proxies.update({"https": ${url}})\nsession.proxies["http"] = ${url}`, masked],
  [`session = requests.Session()\nsession.get("https://a.test", proxies={"all": ${url}})`, masked],
  [
    `session = requests.Session()\nsession.proxies["all"] = ${url}\nsession.mount("https://", requests.adapters.HTTPAdapter())`,
    masked,
  ],
  ['urllib3.PoolManager()', undefined],
  ['urllib3.ProxyManager("http://p.test:3128")', 'http://p.test:3128'],
  ['SOCKSProxyManager("socks5h://user:sesame@p.test")', 'socks5h://user:***@p.test:1080'],
  ['aiohttp.ClientSession()', undefined],
  ['aiohttp.ClientSession(trust_env=True)', 'env'],
  [`session = aiohttp.ClientSession()\nsession.get("http://a.test", proxy=${url})`, masked],
  ['handle = pycurl.Curl()', 'env'],
  [
    'handle = pycurl.Curl()\nhandle.setopt(pycurl.PROXY, "p.test:3128")\nhandle.setopt(pycurl.PROXYUSERPWD, "user:" + "sesame")',
    masked,
  ],
])('%s', (source, proxy) => {
  const found = read(source)
  expect(found.proxy).toBe(proxy)
  expect(found.unknown).toEqual([])
})

describe('what is not told leaves the field out', () => {
  test.each([
    ['httpx.Client(proxy=os.environ["P"])', 'proxy: os.environ["P"]'],
    ['httpx.Client(mounts={"all://": make()})', 'mounts: {"all://": make()}'],
    ['session = requests.Session()\nsession.proxies = proxies()', 'proxies: session.proxies = proxies()'],
    ['session = requests.Session()\nsession.trust_env = trusting', 'trust_env: session.trust_env = trusting'],
    ['urllib3.ProxyManager(find_proxy())', 'proxy_url: find_proxy()'],
    [
      'urllib3.ProxyManager("http://p.test", proxy_headers=urllib3.make_headers(proxy_basic_auth="user:sesame"))',
      'proxy_headers: urllib3.make_headers(proxy_basic_auth=<redacted>)',
    ],
    [
      'aiohttp.ClientSession(proxy="http://p.test", proxy_auth=aiohttp.BasicAuth("user", "sesame"))',
      'proxy_auth: aiohttp.BasicAuth(<redacted>, <redacted>)',
    ],
    ['handle = pycurl.Curl()\nhandle.setopt(pycurl.PROXY, proxy)', 'PROXY: proxy'],
  ])('%s', (source, unknown) => {
    const found = read(source)
    expect([found.unknown, found.proxy]).toEqual([[unknown], undefined])
  })
})

test('hosts have proxies of their own', () => {
  expect(
    read('httpx.Client(mounts={"all://a.test": None, "https://b.test": httpx.HTTPTransport(proxy="http://p.test")})'),
  ).toEqual(expect.objectContaining({ proxy: 'env', hosts: ['a.test: false', 'https://b.test:443: http://p.test:80'] }))
  const session = read('session = requests.Session()\nsession.proxies["https://a.test"] = ""')
  expect(session.hosts).toEqual(['https://a.test:443: false'])
})

test('what is lost is said', () => {
  expect(read('httpx.Client(mounts={"all://": httpx.HTTPTransport(limits=httpx.Limits(max_connections=3))})').told).toContain(
    'what else the items of mounts set (limits.max_connections) is not told here',
  )
  const some =
    'session = aiohttp.ClientSession()\nsession.get("http://a.test", proxy="http://p.test")\nsession.get("http://b.test")'
  expect(read(some).told).toContain('proxy is given with some requests only: here it is taken for all of them')
  expect(read('session = requests.Session()\nsession.proxies = {"all": "http://p.test", "no_proxy": "a.test"}').told).toContain(
    'no_proxy makes no difference',
  )
})

test('where a proxy comes from is told without its password', () => {
  expect(read(`httpx.Client(proxy=${url})`).origin).toBe('proxy="http://<redacted>@p.test:3128", app.py:3')
  const session = read(`PROXIES = {"all": ${url}}\nsession = requests.Session()\nsession.proxies = PROXIES`)
  expect(session.origin).toBe('proxies=session.proxies = PROXIES ({"all":"http://<redacted>@p.test:3128"}), app.py:5')
})
