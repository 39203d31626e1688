import { expect, test } from 'vitest'
import { dialectNames, dialectOf } from '../../../src/reading/python/dialects.ts'
import { knownCallables } from '../../../src/reading/python/known-callables.ts'
import { isGroup, isSetting } from '../../../src/reading/python/probes.ts'
import { imported } from './helpers.ts'

test('each value says where it comes from', () => {
  const text =
    'import httpx\nMAX = 50\nlimits = httpx.Limits(\n  max_connections=MAX,\n  max_keepalive_connections=2 * 10,\n)\nclient = httpx.Client(limits=limits, timeout=7.5)\n'
  const [found] = imported(text, { file: 'app/client.py' }).found
  expect(found?.config).toEqual({
    maxConnections: 50,
    maxIdleConnections: 20,
    keepAliveExpiry: 5000,
    acquireTimeout: 7500,
    connectTimeout: 7500,
    tcpKeepAlive: false,
    retryStale: false,
    proxy: 'env',
  })
  expect(found?.origins).toEqual({
    maxConnections: 'max_connections=MAX (50), app/client.py:4',
    maxIdleConnections: 'max_keepalive_connections=2 * 10 (20), app/client.py:5',
    keepAliveExpiry: 'httpx default',
    acquireTimeout: 'timeout=7.5, app/client.py:7',
    connectTimeout: 'timeout=7.5, app/client.py:7',
    tcpKeepAlive: 'httpx default',
    retryStale: 'httpx default',
    proxy: 'httpx default',
  })
  const [empty] = imported('import httpx\nclient = httpx.Client(limits=httpx.Limits())').found
  expect(empty?.origins).toMatchObject({ maxConnections: 'limits=httpx.Limits() ({}), app.py:2' })
})

test('defaults are those of the library as a whole, and of its version', () => {
  const config = (text: string, version?: string) => imported(text, version === undefined ? {} : { version }).found[0]?.config
  expect(config('httpx.Client()')).toMatchObject({ maxConnections: 100, maxIdleConnections: 20, keepAliveExpiry: 5000 })
  expect(config('httpx.Client(limits=httpx.Limits(keepalive_expiry=30))')).toMatchObject({
    maxConnections: 'unlimited',
    keepAliveExpiry: 30_000,
  })
  expect(config('requests.Session()')).toMatchObject({ maxIdleConnectionsPerHost: 10, maxHosts: 10, block: false })
  expect(config('aiohttp.ClientSession()')).toMatchObject({ connectTimeout: 30_000 })
  expect(config('aiohttp.ClientSession()', '3.8.4')).toMatchObject({ connectTimeout: 300_000 })
})

test('what is unknown takes every field with it that hangs on it, and no other', () => {
  const [found] = imported('import urllib3\nurllib3.PoolManager(num_pools=5, maxsize=size(), block=wait)').found
  expect(found?.config).toMatchObject({ maxHosts: 5, maxConnections: 'unlimited', connectTimeout: expect.anything() })
  for (const field of ['maxConnectionsPerHost', 'maxIdleConnectionsPerHost', 'block', 'acquireTimeout'])
    expect(found?.config).not.toHaveProperty(field)
  expect(found?.unknown).toMatchObject([
    {
      setting: 'maxsize',
      source: 'size()',
      fields: expect.arrayContaining(['maxConnectionsPerHost', 'maxIdleConnectionsPerHost']),
    },
    { setting: 'block', source: 'wait', fields: expect.arrayContaining(['block', 'maxConnectionsPerHost', 'acquireTimeout']) },
  ])
})

test('what can’t be meant is a problem at its place, and other places go on', () => {
  const text =
    'import httpx, aiohttp\nhttpx.Client(limits=httpx.Limits(\n  max_connections=0))\naiohttp.TCPConnector(keepalive_timeout=None)\nhttpx.Client()\n'
  const { found, problems } = imported(text)
  expect(found).toMatchObject([{ line: 5 }])
  expect(problems).toMatchObject([
    { line: 3, column: 19, message: expect.stringContaining('httpx.Client(…): limits.max_connections: 0 ') },
    { line: 4, column: 40, message: expect.stringContaining('aiohttp.TCPConnector(…): keepalive_timeout: None') },
  ])
  // Whatever else is unknown, it remains so.
  expect(imported('httpx.Limits(max_connections=0, keepalive_expiry=x)').problems).toHaveLength(1)
})

test('of headers only what is about connections counts, and is shown', () => {
  const text =
    'import urllib3\nurllib3.PoolManager(headers={"Authorization": "Bearer sesame", "X-Id": make(), "Connection": "close"})'
  const [found] = imported(text).found
  expect(found).toMatchObject({ config: { keepAlive: false }, settings: { headers: { Connection: 'close' } }, unknown: [] })
  expect(JSON.stringify(found)).not.toContain('sesame')
  const [curl] = imported(
    'import pycurl\nc = pycurl.Curl()\nc.setopt(pycurl.HTTPHEADER, ["Connection: close", f"Authorization: Bearer {token}", "X-Key: " + key])',
  ).found
  expect(curl).toMatchObject({ config: { keepAlive: false }, unknown: [] })
  const [doubtful] = imported('import urllib3\nurllib3.PoolManager(headers=make())').found
  expect(doubtful?.unknown).toMatchObject([{ setting: 'headers', source: 'make()' }])
})

test('secrets in a source are not repeated', () => {
  const text =
    'import httpx\nN = load("https://user:sesame@config.test/", password="sesame", token=\'sesame\')\nhttpx.Limits(max_connections=N)'
  const [found] = imported(text).found
  expect(found?.unknown).toMatchObject([
    { source: 'N', because: 'load("https://<redacted>@config.test/", password=<redacted>, token=<redacted>)' },
  ])
})

test('every setting of the table is one that its dialect reads', () => {
  for (const { dialect: name, takes, part = '', implied = {} } of knownCallables.values()) {
    const dialect = dialectOf(name)
    for (const path of [...Object.values(takes), ...Object.keys(implied)]) {
      const full = [part, path.replace(/\.?\*$/, '')].filter(Boolean).join('.')
      expect([name, full, full === '' || isSetting(dialect, full) || isGroup(dialect, full)]).toEqual([name, full, true])
    }
  }
  expect([...new Set([...knownCallables.values()].map(({ dialect }) => dialect))].sort()).toEqual([...dialectNames].sort())
})

/** What a dialect reads must have a way from a source to it; of handles all options have one, by name. */
test('every setting that a dialect reads can come from a source', () => {
  for (const name of dialectNames) {
    const { names, perRequest = {} } = dialectOf(name).callables
    const all = Object.values(names)
    if (all.some(({ options }) => options !== undefined)) continue
    const reached = new Set([
      ...all.flatMap(({ takes, part = '' }) =>
        Object.values(takes).map((path) => [part, path.replace(/\.?\*$/, '')].filter(Boolean).join('.')),
      ),
      ...all.flatMap(({ attributes = [] }) => attributes),
      ...Object.keys(perRequest),
    ])
    // What a Session is given beside its headers is assigned to it, and not read out of sources yet.
    const assigned = name === 'requests' ? ['trust_env', 'proxies.http', 'proxies.https', 'proxies.no_proxy'] : []
    const missing = Object.keys(dialectOf(name).support.settings).filter((key) => !reached.has(key) && !assigned.includes(key))
    expect([name, missing]).toEqual([name, []])
  }
})
