import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loadPools } from '../../../src/files/index.ts'
import { run } from '../../src/main.ts'
import { csi, polypool, project, terminal } from '../command.ts'

const client = `import os
import httpx

MAX = int(os.environ.get("MAX", "10"))
payments_client = httpx.Client(
    limits=httpx.Limits(max_connections=50, max_keepalive_connections=MAX),
    timeout=httpx.Timeout(10.0, pool=2.0),
)
`

const others = `import aiohttp, requests, urllib3

session = requests.Session()
orders = urllib3.PoolManager(num_pools=5, maxsize=10, block=True)
connector = aiohttp.TCPConnector(limit=20)
`

/** Runs it with a text on standard input. */
const piped = (stdin: string, args: readonly string[]) => polypool(args, { cwd: project(), stdin })

test('a config file with a comment for each value', async () => {
  const cwd = project({ 'app/client.py': client })
  const { code, stdout, stderr } = await polypool(['import', 'httpx', 'app/client.py'], { cwd })
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: '',
  })
  expect(stdout).toMatch(/^pools:\n {2}# app\/client\.py:5 httpx\.Client\(…\)\n/)
  expect(stdout).toContain('    maxIdleConnections: 10 # max_keepalive_connections=MAX (10), env MAX, app/client.py:6\n')
  expect(stdout).toMatch(/^ {2}default:\n {4}maxConnections: 50 # max_connections=50, app\/client\.py:6\n/m)
  expect(stdout).toContain('    acquireTimeout: 2s # pool=2.0, app/client.py:7\n')
  expect(stdout).toContain('    connectTimeout: 10s # timeout=10.0, app/client.py:7\n')
  expect(stdout).toContain('    tcpKeepAlive: false # httpx default\n')
})

test('as JSON', async () => {
  const cwd = project({ 'client.py': client })
  const { code, stdout } = await polypool(['import', 'auto', 'client.py', '--json'], { cwd })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject([
    {
      dialect: 'httpx',
      file: 'client.py',
      line: 5,
      column: 19,
      place: 'httpx.Client(…)',
      name: 'default',
      config: { maxConnections: 50, acquireTimeout: '2s', connectTimeout: '10s' },
      settings: { limits: { max_connections: 50, max_keepalive_connections: 10 }, timeout: { timeout: 10, pool: 2 } },
      notes: expect.any(Array),
      unknown: [],
    },
  ])
})

test('auto finds every library, a dialect only its own; pools are named after variables or libraries', async () => {
  const cwd = project({ 'src/a.py': client, 'src/b.py': others, 'src/venv/c.py': others, 'src/d.txt': others })
  const names = async (dialect: string, ...files: string[]) => {
    const { stdout } = await polypool(['import', dialect, ...files, '--json'], { cwd })
    return (JSON.parse(stdout) as { dialect: string; name: string }[]).map((one) => `${one.dialect} ${one.name}`)
  }
  expect(await names('auto', 'src')).toEqual(['httpx payments', 'requests requests', 'urllib3 orders', 'aiohttp aiohttp'])
  expect(await names('urllib3', 'src/*.py')).toEqual(['urllib3 default'])
  expect(await names('Requests', 'src/b.py')).toEqual(['requests default'])
})

test('polypool loads what it wrote', async () => {
  const cwd = project({ 'a.py': client, 'b.py': others })
  const args = ['import', 'auto', 'a.py', 'b.py', '--write', 'polypool.config.yaml']
  const first = await polypool(args, { cwd })
  expect(first).toMatchObject({ code: 0, stdout: '' })
  expect(first.stderr).toContain('written: polypool.config.yaml with the pools payments, requests, orders, aiohttp\n')
  const file = path.join(cwd, 'polypool.config.yaml')
  expect(readFileSync(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules\/polypool\/dist\/schema\.json\n/)
  const pools = await loadPools({ file, env: {} })
  expect(pools.config('orders')).toMatchObject({ maxConnectionsPerHost: 10, maxHosts: 5, block: true })
  expect(pools.config('payments')).toMatchObject({ maxConnections: 50, acquireTimeout: 2000 })
  await pools.close()
  expect(await polypool(args, { cwd })).toMatchObject({
    code: 2,
    stderr: 'error: polypool.config.yaml is there already: use --force to overwrite it\n',
  })
  expect((await polypool([...args, '--force'], { cwd })).code).toBe(0)
})

test('what is printed can be loaded, whatever names and texts the source has', async () => {
  const name = `${'x'.repeat(100)}"'\\ #: *&!|>%@\`{}[],?-\u2028\u0085`
  const cwd = project({
    'a b:#.py': `import httpx\nnull = httpx.Client(limits=httpx.Limits(max_connections=f(${JSON.stringify(name)}), keepalive_expiry=3))\ntrue = httpx.Client()\n_1 = httpx.Client()\n__proto__ = httpx.Client()\nconstructor = httpx.Client()\nété = httpx.Client()\n`,
  })
  const { stdout } = await polypool(['import', 'auto', 'a b:#.py'], { cwd })
  const written = project({ 'p.yaml': stdout })
  const pools = await loadPools({ file: path.join(written, 'p.yaml'), env: {} })
  expect(pools.names).toHaveLength(7)
  expect(pools.names).toEqual(expect.arrayContaining(['a-b', 'a-b-2', 'proto', 'constructor']))
  await pools.close()
})

test('standard input, Python or Markdown', async () => {
  for (const [args, input] of [
    [['import', 'auto', '-', '--json'], client],
    [['import', 'auto', '--json'], `# Pools\n\n\`\`\`python\n${client}\`\`\`\n`],
  ] as const) {
    const { stdout } = await piped(input, args)
    expect(JSON.parse(stdout)).toMatchObject([{ file: '<stdin>', dialect: 'httpx', config: { maxConnections: 50 } }])
  }
  expect(await piped(' \n', ['import', 'auto'])).toMatchObject({
    code: 2,
    stderr: 'error: standard input is empty: give files, or pipe Python or Markdown into it\n',
  })
})

test('the library’s version decides its defaults', async () => {
  const cwd = project({ 'a.py': 'import aiohttp\naiohttp.ClientSession()\n' })
  const config = async (...args: string[]) =>
    (JSON.parse((await polypool(['import', 'aiohttp', 'a.py', '--json', ...args], { cwd })).stdout) as { config: object }[])[0]
      ?.config
  expect(await config()).toMatchObject({ connectTimeout: '30s' })
  expect(await config('--library-version', '3.8.4')).toMatchObject({ connectTimeout: '5m' })
})

test('syntax errors and what can’t be meant are told with their places, and the rest is read', async () => {
  const cwd = project({
    'a.py': 'import httpx\nhttpx.Client(limits=httpx.Limits(max_connections=0))\nx = = 1\ngood = httpx.Client()\n',
    'b.py': others,
  })
  const { code, stdout, stderr } = await polypool(['import', 'httpx', 'a.py', 'b.py'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain('# a.py:4 httpx.Client(…)')
  expect(stderr).toMatch(/^warning: a\.py:3:5: syntax error: /m)
  expect(stderr).toMatch(/^warning: a\.py:2:50: httpx\.Client\(…\): limits\.max_connections: 0 /m)
})

test('Python that only the parser does not know is a warning, unless nothing else is read', async () => {
  const gap = '@(lambda f: f)\ndef g(): ...\n'
  const cwd = project({ 'a.py': `${gap}${others}`, 'b.py': `import httpx\n${gap}` })
  const warning = (file: string, line = 1) =>
    `warning: ${file}:${line}:2: not understood here: Python that the parser does not know\n`
  expect(await polypool(['import', 'auto', 'a.py'], { cwd })).toMatchObject({ code: 0, stderr: warning('a.py') })
  expect(await polypool(['import', 'auto', 'b.py'], { cwd })).toEqual({ code: 1, stdout: '', stderr: warning('b.py', 2) })
})

test('a file that names no library is not parsed; those that are found and not understood are told in one line', async () => {
  const broken = 'import httpx\nx = = 1\n'
  const cwd = project({
    'a.py': others,
    'b.py': 'def f(:\n',
    'c.py': broken,
    'd/e.py': broken,
    'd/f.py': broken,
    'g.md': `~~~py\n${broken}~~~`,
  })
  const { code, stdout, stderr } = await polypool(['import', 'auto', '.'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain('# a.py:3 requests.Session(…)')
  expect(stderr).toMatch(/^warning: c\.py:2:5: syntax error: .*; nor are 2 other files read in whole, name them to see why\n$/)
  const named = await polypool(['import', 'auto', 'd/e.py', 'd/f.py', 'g.md'], { cwd })
  expect(named.stderr.match(/^warning: /gm)).toHaveLength(3)
})

test('a place that was found and refused is no place that was not found', async () => {
  const cwd = project({ 'a.py': 'import httpx\nhttpx.Limits(max_connection=3)\n' })
  expect(await polypool(['import', 'auto', 'a.py'], { cwd })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'warning: a.py:2:29: httpx.Limits has no parameter max_connection: did you mean max_connections?\n',
  })
})

test('what the source does not tell is told in words', async () => {
  const cwd = project({
    'a.py':
      'import aiohttp, urllib3\ndef f(n, kw):\n  return aiohttp.TCPConnector(limit=n, **kw)\nhttp = urllib3.PoolManager(block=True)\nhttp.urlopen("GET", u, pool_timeout=0.5)\nhttp.urlopen("GET", u, pool_timeout=5)\n',
  })
  const { code, stdout, stderr } = await polypool(['import', 'auto', 'a.py'], { cwd })
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      'left out: aiohttp: limit, whatever kw holds, which the source does not tell\nleft out: urllib3: pool_timeout, which the source does not tell\n',
  })
  expect(stdout).toContain('  # limit: unknown (n, a.py:3), so without maxConnections\n')
  expect(stdout).toContain('  # whatever kw holds: unknown (a.py:3), so without maxConnectionsPerHost, ')
  expect(stdout).toContain('  # pool_timeout: unknown (0.5 at a.py:5, 5 at a.py:6), so without ')
})

test('a pool is named after the class or the function that it stands in, where its variable says nothing', async () => {
  const cwd = project({
    'app.py':
      'import httpx\nclass BillingClient:\n  def make(self):\n    return httpx.Client()\nclass Orders:\n  def __init__(self):\n    self.client = httpx.Client()\ndef get_users():\n  client = httpx.Client()\n  return client\nnull = httpx.Client()\nclient2 = httpx.Client()\nstock_client = httpx.Client()\n',
  })
  const { stdout } = await polypool(['import', 'auto', 'app.py', '--json'], { cwd })
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
  expect(names).toEqual(['billing', 'orders', 'users', 'app', 'app-2', 'stock'])
})

test('nothing found is said, with what was looked for', async () => {
  const cwd = project({ 'a.py': 'x = 1\n', 'b.py': client })
  expect(await polypool(['import', 'auto', 'a.py'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr:
      'no place was found that sets up connections: looked for clients, pools and limits of httpx, requestx, urllib3, requests, aiohttp, pycurl, sqlalchemy\n',
  })
  expect(await polypool(['import', 'aiohttp', 'b.py', '--json'], { cwd })).toEqual({
    code: 0,
    stdout: '[]\n',
    stderr: 'no place was found that sets up connections: looked for clients, pools and limits of aiohttp\n',
  })
})

test.each([
  ['no dialect', [], "error: missing required argument 'dialect'\n(--help shows how to use it)\n"],
  ['an unknown dialect', ['htpx', 'a.py'], 'error: there is no dialect "htpx": did you mean httpx?\n'],
  ['a missing file', ['auto', 'nope.py'], 'error: nope.py: no such file\n'],
  ['a directory without sources', ['auto', 'empty'], 'error: empty: no Python in this directory\n'],
  ['a binary file', ['auto', 'binary.py'], 'error: binary.py: not text in UTF-8\n'],
  ['files and standard input', ['auto', 'a.py', '-'], 'error: - is standard input: give either that or files\n'],
  ['--force for nothing', ['auto', 'a.py', '--force'], 'error: --force belongs to --write <file>\n'],
  [
    'a config file that is no YAML',
    ['auto', 'a.py', '--write', 'p.toml'],
    'error: p.toml: import writes YAML: name it *.yaml or *.yml\n',
  ],
  [
    'a config file of nothing',
    ['auto', 'nothing.py', '--write', 'p.yaml'],
    'error: p.yaml is not written: no place was found that sets up connections\n',
  ],
  [
    'a version that is none',
    ['httpx', 'a.py', '--library-version', 'new'],
    'error: --library-version: "new" is no version: write it as 3.8.4\n',
  ],
  [
    'a version of no library',
    ['auto', 'a.py', '--library-version', '1.0'],
    'error: --library-version is that of one library: name its dialect instead of auto\n',
  ],
])('misuse: %s', async (_, args, stderr) => {
  const cwd = project({ 'a.py': client, 'nothing.py': 'x = 1', 'empty/a.txt': 'x', 'binary.py': new Uint8Array([1, 0, 2]) })
  expect(await polypool(['import', ...args], { cwd })).toEqual({ code: 2, stdout: '', stderr })
  expect(existsSync(path.join(cwd, 'p.yaml'))).toBe(false)
})

test('control characters of a source do not reach the terminal', async () => {
  const text = `import httpx\nx = httpx.Client(limits=httpx.Limits(max_connections=f("${csi}31m\u009b31m\u0007"), keepalive_expiry=0 - 1))\ny = httpx.Limits(max_connections=f("${csi}2J"))\n`
  const cwd = project({ 'a.py': text })
  for (const args of [[], ['--json']]) {
    const { code, stdout, stderr } = await polypool(['import', 'auto', 'a.py', ...args], { cwd })
    expect(code).toBe(1)
    expect(`${stdout}${stderr}`).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(stdout).toContain('2J')
  }
})

test('a source that nests too deeply, or is too large, is a problem', async () => {
  const cwd = project({ 'deep.py': `import httpx\nx = ${'('.repeat(10_000)}${')'.repeat(10_000)}\nhttpx.Client()\n` })
  const { code, stderr } = await polypool(['import', 'auto', 'deep.py'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^warning: deep\.py:2:\d+: nested too deeply to be read$/m)
})

test('a terminal is told what is waited for, in colours', async () => {
  const { io, written } = terminal({ cwd: project() })
  expect(await run(['import', 'auto'], io)).toBe(2)
  expect(written.err).toContain('reading standard input (Ctrl-D ends it)\n')
})
