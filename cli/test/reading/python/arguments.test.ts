import { expect, test } from 'vitest'
import { imported } from './helpers.ts'

const imports = 'import aiohttp, httpx, requests, sqlalchemy, urllib3\n'

test.each([
  ['httpx.Limits(max_connection=3)', 'httpx.Limits has no parameter max_connection: did you mean max_connections?'],
  ['httpx.Limits(**{"max_connection": 3})', 'httpx.Limits has no parameter max_connection: did you mean max_connections?'],
  ['httpx.Limits(100, 20, 5)', 'httpx.Limits takes its arguments by name only, such as max_connections=…'],
  ['httpx.Timeout(5, 2)', 'httpx.Timeout takes what comes after the first one by name only, such as connect=…'],
  [
    'httpx.Client(timeout=httpx.Timeout(5, total=2))',
    'httpx.Timeout has no parameter total: its settings are timeout, connect, read, write, pool',
  ],
  ['httpx.Client(limit=3)', 'httpx.Client has no parameter limit: did you mean limits?'],
  [
    'requests.adapters.HTTPAdapter(pool_size=3)',
    'requests.HTTPAdapter has no parameter pool_size: its settings are pool_connections, pool_maxsize, pool_block',
  ],
  [
    'aiohttp.TCPConnector(limit_per_hosts=3)',
    'aiohttp.TCPConnector has no parameter limit_per_hosts: did you mean limit_per_host?',
  ],
  [
    'aiohttp.ClientTimeout(timeout=3)',
    'aiohttp.ClientTimeout has no parameter timeout: its settings are total, connect, sock_read, sock_connect',
  ],
  ['urllib3.PoolManager(max_size=3)', 'urllib3.PoolManager has no parameter max_size: did you mean maxsize?'],
  ['sqlalchemy.create_engine("x", poolsize=3)', 'sqlalchemy.create_engine has no parameter poolsize: did you mean pool_size?'],
  [
    'sqlalchemy.pool.QueuePool(connect, pool_timeout=3)',
    'sqlalchemy.QueuePool has no parameter pool_timeout: did you mean timeout?',
  ],
])('an argument that the library refuses: %s', (call, message) => {
  const { found, problems } = imported(`${imports}${call}`)
  expect({ found, problems }).toEqual({ found: [], problems: [{ file: 'app.py', line: 2, column: expect.any(Number), message }] })
})

test.each([
  'httpx.Client(verify=False, base_url="x", auth=a, headers=h, follow_redirects=True, cert=c)',
  'requests.adapters.HTTPAdapter(max_retries=3)',
  'aiohttp.TCPConnector(ssl=False, resolver=r, family=f, ttl_dns_cache=3)',
  'aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3, ceil_threshold=5))',
  'aiohttp.ClientSession("https://x", headers=h, cookie_jar=j, raise_for_status=True, connector_owner=False)',
  'urllib3.PoolManager(retries=3, cert_reqs="x", ca_certs=c, ssl_context=s, blocksize=9, proxy=p)',
  'sqlalchemy.create_engine("x", echo=True, echo_pool=True, pool_events=[], pool_logging_name="p", future=True)',
  'sqlalchemy.pool.QueuePool(connect, 3, 4, 5, True, echo=True, reset_on_return=None)',
])('arguments that have nothing to do with pools: %s', (call) => {
  const { found, problems } = imported(`${imports}${call}`)
  expect(problems).toEqual([])
  expect(found).toMatchObject([{ unknown: [] }])
})

test('a class of the file may take more than the one that it inherits from', () => {
  const text = 'class Mine(Extra, requests.adapters.HTTPAdapter):\n  pass\nMine(pool_maxsize=3, more=4)'
  expect(imported(`${imports}${text}`)).toMatchObject({ found: [{ settings: { pool_maxsize: 3 } }], problems: [] })
})

test('a mistake in a part that two pools take is told once', () => {
  const text =
    'limits = httpx.Limits(max_connection=3)\na = httpx.Client(limits=limits)\nb = httpx.Client(limits=limits)\nc = httpx.Client()'
  expect(imported(`${imports}${text}`)).toMatchObject({ found: [{ variable: 'c' }], problems: [{ line: 2 }] })
})

test('HTTP/2 is told', () => {
  const notes = (value: string) =>
    imported(`${imports}httpx.Client(http2=${value}, trust_env=False)`).found[0]?.notes.map(({ message }) => message)
  expect(notes('True')).toEqual([
    expect.stringMatching(/^http2: a host gets one connection, .* a pool opens others within its limits/),
  ])
  expect(notes('False')).toEqual([])
})

/** What a mapping of unknown content takes with it. */
const taken = (call: string) => {
  const { found, problems } = imported(`${imports}${call}`)
  expect(problems).toEqual([])
  return found[0]?.unknown.flatMap(({ setting, fields }) => [setting, ...fields].join(' '))
}

test('a mapping of unknown content may hold what the call takes, and no more', () => {
  const connections = 'maxConnections maxConnectionsPerHost keepAliveExpiry keepAlive dnsCacheTtl'
  expect(taken('aiohttp.TCPConnector(**kw)')).toEqual([`** ${connections}`])
  expect(taken('aiohttp.TCPConnector(limit=3, **kw)')).toEqual([`** ${connections.replace('maxConnections ', '')}`])
  expect(taken('aiohttp.ClientSession(connector=make())')).toEqual([`connector ${connections}`])
  expect(taken('aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(), **kw)')).toEqual([`** ${connections} proxy`])
  expect(taken('aiohttp.ClientSession(connector=None, **kw)')).toEqual(['** proxy acquireTimeout connectTimeout'])
  expect(taken('aiohttp.ClientSession(**kw)')).toEqual([`** ${connections} proxy acquireTimeout connectTimeout`])
  expect(taken('requests.adapters.HTTPAdapter(**kw)')).toEqual([expect.not.stringContaining('keepAlive')])
  expect(taken('httpx.Client(timeout=3, **kw)')).toEqual([expect.not.stringContaining('imeout')])
  expect(taken('httpx.Client(transport=make())')).toEqual([expect.not.stringContaining('imeout')])
})

test('what is wrong remains so beside what is unknown', () => {
  const text = 'aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=n, **kw), timeout=10)'
  expect(imported(`${imports}${text}`)).toMatchObject({
    found: [],
    problems: [{ message: expect.stringContaining('timeout: 10 is no ClientTimeout') }],
  })
  const fixed = text.replace('10', 'aiohttp.ClientTimeout(10)')
  expect(taken(fixed)).toEqual(['limit maxConnections', expect.stringMatching(/^\*\* maxConnectionsPerHost /)])
})

test('what may be right, as the unknown may be, is not wrong', () => {
  const [found] = imported(`${imports}aiohttp.TCPConnector(force_close=x, keepalive_timeout=None, limit=3)`).found
  expect(found).toMatchObject({ config: { maxConnections: 3 }, unknown: [{ setting: 'force_close' }] })
  expect(found?.config).not.toHaveProperty('keepAlive')
})

test('several unknown steps of a timeout do not make it wrong', () => {
  const text = 'httpx.Client(timeout=httpx.Timeout(connect=1, read=x, write=y, pool=2))'
  expect(imported(`${imports}${text}`)).toMatchObject({
    found: [{ config: { connectTimeout: 1000, acquireTimeout: 2000 } }],
    problems: [],
  })
  expect(imported(`${imports}httpx.Client(timeout=httpx.Timeout(connect=1, read=x))`).problems).toHaveLength(1)
})

test('an engine without a pool keeps and limits nothing', () => {
  const [found] = imported(`${imports}sqlalchemy.create_engine("x", poolclass=sqlalchemy.pool.NullPool)`).found
  expect(found).toMatchObject({
    config: { maxConnections: 'unlimited', keepAlive: false },
    origins: { keepAlive: 'sqlalchemy.pool.NullPool, app.py:2' },
    notes: [],
    unknown: [],
  })
  expect(taken('sqlalchemy.create_engine("x", poolclass=sqlalchemy.pool.StaticPool)')).toEqual([
    expect.stringMatching(/^poolclass maxConnections /),
  ])
})
