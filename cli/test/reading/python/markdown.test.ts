import { expect, test } from 'vitest'
import { readPython } from '../../../src/reading/python/read-file.ts'
import { imported, outline } from './helpers.ts'

const fence = (code: string, info = 'python') => `\`\`\`${info}\n${code}\n\`\`\`\n`

/** Labels and lines of the places in a document. */
function lines(text: string, file = 'doc.md'): string[] {
  const source = readPython(file, text)
  return source.places.map(({ label, node }) => `${source.at(node).line} ${label.replace('(…)', '')}`)
}

/** A document that compares libraries, with a fragment for each. */
const comparison = `# Connection pools

## httpx / requestx

${fence(`limits = httpx.Limits(
    max_connections=100,           # total
    max_keepalive_connections=20,
    keepalive_expiry=5.0
)
timeout = httpx.Timeout(10.0, pool=2.0)

with httpx.Client(limits=limits, timeout=timeout) as client:
    response = client.get("https://example.com")`)}
${fence('client = requestx.AsyncClient(limits=requestx.Limits(max_connections=50))')}
## urllib3

${fence(`http = urllib3.PoolManager(num_pools=10, maxsize=10, block=False, retries=3)
pool = urllib3.HTTPConnectionPool("example.com", port=443, maxsize=20, block=True)`)}
## requests

- mount an adapter:

  \`\`\`py
  session = requests.Session()
  adapter = HTTPAdapter(pool_connections=10,
                        pool_maxsize=20)
  session.mount("https://", adapter)
  \`\`\`

## aiohttp

${fence('connector = aiohttp.TCPConnector(limit=100, limit_per_host=10)\nasync with aiohttp.ClientSession(connector=connector) as session:\n    pass', 'python3')}
## pycurl

${fence('multi = pycurl.CurlMulti()\nmulti.setopt(pycurl.M_MAXCONNECTS, 50)')}
| Library | Limit |
|---|---|
| httpx | \`httpx.Limits(max_connections=100)\` |
`

test('a document that compares libraries', () => {
  expect(outline(comparison, 'pools.md')).toEqual([
    [
      'httpx.Client',
      {
        'limits.max_connections': 100,
        'limits.max_keepalive_connections': 20,
        'limits.keepalive_expiry': 5,
        'timeout.timeout': 10,
        'timeout.pool': 2,
      },
    ],
    ['requestx.AsyncClient', { 'limits.max_connections': 50 }],
    ['urllib3.PoolManager', { num_pools: 10, maxsize: 10, block: false }],
    ['urllib3.HTTPConnectionPool', { num_pools: 1, maxsize: 20, block: true }],
    ['requests.HTTPAdapter', { pool_connections: 10, pool_maxsize: 20 }],
    ['aiohttp.ClientSession', { limit: 100, limit_per_host: 10 }],
    ['pycurl.CurlMulti', { M_MAXCONNECTS: 50 }],
  ])
  const { found, problems } = imported(comparison, { file: 'pools.md' })
  expect(problems).toEqual([])
  expect(found.map(({ dialect }) => dialect)).toEqual([
    'httpx',
    'requestx',
    'urllib3',
    'urllib3',
    'requests',
    'aiohttp',
    'pycurl',
  ])
  const at = (text: string) => comparison.slice(0, comparison.indexOf(text)).split('\n').length
  expect(found[0]).toMatchObject({ line: at('with httpx.Client'), column: 6 })
  expect(found[0]?.origins).toMatchObject({ maxConnections: `max_connections=100, pools.md:${at('max_connections=100,  ')}` })
  expect(found[4]).toMatchObject({ line: at('adapter = HTTPAdapter'), column: 13 })
})

test.each(['python', 'py', 'python3', 'Python', 'python title="a"', '{.python .numberLines}', 'pycon', 'py linenums'])(
  'a fence of %s is read',
  (info) => {
    expect(lines(fence('httpx.Client()', info))).toEqual(['2 httpx.Client'])
  },
)

test.each(['', 'js', 'text', 'pytb', 'pyproject', 'toml', 'python-console-output'])('a fence of %j is not', (info) => {
  expect(lines(fence('httpx.Client()', info))).toEqual([])
})

test('fences in lists and quotes, with tildes, within longer ones, and without an end', () => {
  expect(lines('1. one\n\n   - two\n\n     ```python\n     if x:\n         httpx.Client()\n     ```\n')).toEqual([
    '7 httpx.Client',
  ])
  expect(lines('> ```python\n> if x:\n>     httpx.Client(\n>       timeout=1)\n> ```\n')).toEqual(['3 httpx.Client'])
  expect(lines('~~~python\nhttpx.Client()\n~~~\n')).toEqual(['2 httpx.Client'])
  expect(lines('````markdown\n```python\nhttpx.Client()\n```\n````\n')).toEqual([])
  expect(lines('```python\nhttpx.Client()\n')).toEqual(['2 httpx.Client'])
  expect(lines('\r\n```python\r\nhttpx.Client()\r\n```\r\n')).toEqual(['3 httpx.Client'])
})

test('fragments that are indented as a whole, and sessions with prompts', () => {
  expect(
    imported(fence('    limits = httpx.Limits()\n    client = httpx.Client(limits=limits)'), { file: 'a.md' }),
  ).toMatchObject({ problems: [], found: [{ line: 3 }] })
  expect(
    outline(
      fence(
        '>>> limits = httpx.Limits(\n...     max_connections=3)\n>>> limits\nLimits(max_connections=3 ...)\n>>> httpx.Client(limits=limits)',
      ),
      'a.md',
    ),
  ).toEqual([['httpx.Client', { 'limits.max_connections': 3 }]])
})

test('a fence sees what the fences before it define, unless they are alternatives', () => {
  const use = fence('import httpx\nhttpx.Client(limits=limits)')
  const of = (...fences: string[]) => outline(fences.join('\n'), 'a.md').at(-1)
  const limits = (n: number) => fence(`import httpx\nlimits = httpx.Limits(max_connections=${n})`)
  expect(of(limits(1), use)).toEqual(['httpx.Client', { 'limits.max_connections': 1 }])
  expect(of(limits(1), limits(2), use)).toEqual(['httpx.Client', { limits: '‹limits›' }])
  expect(of(use, limits(1))?.[0]).toBe('httpx.Limits')
  expect(of(fence('import httpx as h'), fence('h.Client()'))).toEqual(['httpx.Client', {}])
  expect(of(fence('import httpx as h'), fence('import httpx as h'), fence('h.Client()'))).toEqual(['httpx.Client', {}])
  expect(of(fence('import mine as httpx'), fence('httpx.Client()'))).toBeUndefined()
})

test('a fence that is no Python is a problem, and the others are read', () => {
  const text = `${fence('httpx.Client(')}\n${fence('httpx.Client(timeout=1)')}`
  const { found, problems } = imported(text, { file: 'a.md' })
  expect(problems).toMatchObject([{ line: 2, message: expect.stringMatching(/^syntax error/) }])
  expect(found).toMatchObject([
    { line: 2, unknown: [{ setting: '**' }] },
    { line: 6, unknown: [] },
  ])
})

test('standard input is Markdown if it has fences and is no Python', () => {
  expect(lines(`Some text.\n\n${fence('httpx.Client()')}`, '<stdin>')).toEqual(['4 httpx.Client'])
  expect(lines(`"""Use it so:\n\n${fence('httpx.Client()')}\n"""\nhttpx.Client()`, '<stdin>')).toEqual(['8 httpx.Client'])
  expect(lines('httpx.Client()', '<stdin>')).toEqual(['1 httpx.Client'])
})
