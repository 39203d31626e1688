import { expect, test } from 'vitest'
import { argument, imported, outline } from './helpers.ts'

test.each([
  ['50', 50],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0o17', 15],
  ['0b101', 5],
  ['2.5', 2.5],
  ['.5', 0.5],
  ['1e3', 1000],
  ['-1', -1],
  ['- -2', 2],
  ['+3', 3],
  ['None', null],
  ['True', true],
  ['not True', false],
  ['"text"', 'text'],
  ['\'a\' "b"', 'ab'],
  ["'\\x41\\t\\''", "A\t'"],
  ["r'\\d'", '\\d'],
  ["b'bytes'", 'bytes'],
  ['2 * 25 + 1', 51],
  ['(2 + 3) * 4', 20],
  ['7 // 2', 3],
  ['-7 // 2', -4],
  ['-7 % 3', 2],
  ['2 ** 10', 1024],
  ['1 / 4', 0.25],
  ['1 << 5', 32],
  ['10 if True else 20', 10],
  ['10 if 3 < 2 else 20', 20],
  ['None or 5', 5],
  ['0 and 5', 0],
  ['(n := 5)', 5],
  ['int("42")', 42],
  ['int(4.9)', 4],
  ['float("2.5")', 2.5],
  ['float("inf")', Number.POSITIVE_INFINITY],
  ['math.inf', Number.POSITIVE_INFINITY],
  ['min(5, 3)', 3],
  ['max(5, 3, 9)', 9],
  ['bool(0)', false],
  ['timedelta(minutes=2, seconds=30).total_seconds()', 150],
  ['{"a": 5}["a"]', 5],
  ['{"a": 5}.get("b", 6)', 6],
  ['[1, 2, 3][-1]', 3],
  ['(4, 5)[1]', 5],
  ['dict(a=5)["a"]', 5],
  ['{**{"a": 1}, "b": 2}["a"]', 1],
  ['({"a": 1} | {"a": 2})["a"]', 2],
])('%s is %j', (expression, value) => {
  expect(argument(expression)).toEqual(value)
})

test.each([
  ['10.', 10],
  ['10. / 4.', 2.5],
  ['os.getenv("POOL", 20)', 20],
  ['int(os.getenv("POOL", "20"))', 20],
  ['int(os.environ.get("POOL", default="20"))', 20],
  ['2 * int(os.getenv("POOL", "20")) + 1', 41],
  ['-float(os.getenv("POOL", "2.5"))', -2.5],
  ['max(10, int(os.getenv("POOL", "20")))', 20],
  ['int(os.getenv("POOL") or 20)', 20],
  ['os.environ.get("POOL") or 20', 20],
  ['int(os.getenv("POOL", "")) or 20', '‹int(os.getenv("POOL", "")) or 20›'],
  ['os.getenv("POOL", "") or 20', 20],
  ['env.int("POOL", 20)', 20],
  ['env("POOL", default=20)', 20],
  ['decouple.config("POOL", default="20", cast=int)', 20],
  ['decouple.config("POOL", default="20", cast=own)', '‹decouple.config("POOL", default="20", cast=own)›'],
  ['int(os.getenv("POOL"))', '‹int(os.getenv("POOL"))›'],
  ['10 if os.getenv("DEBUG", "") else 20', '‹10 if os.getenv("DEBUG", "") else 20›'],
  ['{"a": 5}[os.getenv("KEY", "a")]', '‹{"a": 5}[os.getenv("KEY", "a")]›'],
])('behind the environment: %s is %j', (expression, value) => {
  expect(argument(expression, 'import os, decouple')).toEqual(value)
})

test('a default behind the environment is taken, and said with the variables', () => {
  const text = `import os, httpx
SIZE = int(os.getenv("POOL", "20"))
httpx.Client(limits=httpx.Limits(max_connections=SIZE * int(os.getenv("WORKERS", "2"))))
`
  const [found] = imported(text).found
  expect(found?.config).toMatchObject({ maxConnections: 40 })
  expect(found?.unknown).toEqual([])
  expect(found?.origins.maxConnections).toBe(
    'max_connections=SIZE * int(os.getenv("WORKERS", "2")) (40), env POOL, WORKERS, app.py:3',
  )
})

test.each([
  ['a number beyond what is exact', '9007199254740993'],
  ['a product beyond what is exact', '9999999999 * 9999999999'],
  ['a complex number', '3j'],
  ['an f-string', 'f"{x}"'],
  ['a call', 'size()'],
  ['a name that is not there', 'NOWHERE'],
  ['a member of something', 'settings.MAX'],
  ['an environment variable', 'os.environ["MAX"]'],
  ['a condition that is unknown', '1 if x else 2'],
  ['a division by zero', '1 / 0'],
  ['a text that is no number', 'int("many")'],
  ['a text with a name in it', "'\\N{BULLET}'"],
  ['arithmetic with something unknown', '2 * x'],
  ['a comprehension', '[x for x in y][0]'],
  ['a key that is not there', '{"a": 1}["b"]'],
  ['a member of all objects', '{"a": 1}["constructor"]'],
  ['a lambda', 'lambda: 5'],
])('%s is unknown: %s', (_, expression) => {
  expect(argument(expression)).toBe(`‹${expression}›`)
})

test.each([
  ['a constant', 'N = 5', 'N', 5],
  ['with a type', 'N: int = 5', 'N', 5],
  ['two at once', 'A = N = 5', 'N', 5],
  ['of a tuple', 'A, N = 1, 5', 'N', 5],
  ['of constants', 'A = 2\nB = A + 1\nN = B * A', 'N', 6],
  ['assigned again in a row', 'N = 1\nN = 5', 'N', 5],
  ['in terms of itself', 'N = 1\nN = N + 4', 'N', 5],
  ['an attribute of a class', 'class C:\n  N = 5', 'C.N', 5],
  ['a dict that is filled', 'D = {"a": 1}\nD["b"] = 2', 'D["a"]', 1],
])('a name: %s', (_, before, expression, value) => {
  expect(argument(expression, before)).toEqual(value)
})

test.each([
  ['assigned in a branch', 'N = 1\nif x:\n  N = 5', 'N'],
  ['assigned in both branches', 'if x:\n  N = 1\nelse:\n  N = 5', 'N'],
  ['counted up', 'N = 1\nN += 1', 'N'],
  ['of a loop', 'for N in y:\n  pass', 'N'],
  ['assigned in a loop', 'N = 1\nwhile x:\n  N = 5', 'N'],
  ['deleted', 'N = 1\ndel N', 'N'],
  ['caught', 'N = 1\ntry:\n  f()\nexcept E as N:\n  pass', 'N'],
  ['changed by a function', 'N = 1\ndef f():\n  global N\n  N = 5', 'N'],
  ['given to itself', 'N = N', 'N'],
  ['given to each other', 'N = M\nM = N', 'N'],
  ['unpacked from something unknown', 'N, M = f()', 'N'],
  ['a rest', 'N, *M = 1, 2', 'N'],
  ['an attribute that is assigned twice', 'class C:\n  N = 5\nC.N = 6', 'C.N'],
  ['a field that an instance may be given', '@dataclass\nclass C:\n  N: int = 5', 'C.N'],
  ['a setting that the environment may have', 'class C(BaseSettings):\n  N: int = 5', 'C.N'],
  ['a key that is assigned later', 'D = {"a": 1}\nD["a"] = 2', 'D["a"]'],
  ['a dict that is updated', 'D = {"a": 1}\nD.update(x)', 'D["a"]'],
  ['a dict with something unknown in it', 'D = {"a": 1, **x}', 'D["a"]'],
  ['bound by a pattern', 'N = 1\nmatch x:\n  case [N]:\n    pass', 'N'],
])('a name is unknown: %s', (_, before, expression) => {
  expect(argument(expression, before)).toBe(`‹${expression}›`)
})

const inside = (body: string) => `import httpx\n${body}`

test.each([
  ['a parameter', 'def f(n):\n  httpx.Limits(max_connections=n)', '‹n›'],
  ['a parameter that is replaced', 'def f(n):\n  n = 5\n  httpx.Limits(max_connections=n)', 5],
  ['a parameter that may be replaced', 'def f(n):\n  if n is None:\n    n = 5\n  httpx.Limits(max_connections=n)', '‹n›'],
  ['a constant of the module', 'N = 5\ndef f():\n  httpx.Limits(max_connections=N)', 5],
  ['a constant that is assigned twice in the module', 'N = 5\ndef f():\n  httpx.Limits(max_connections=N)\nN = 6', '‹N›'],
  ['what a function hides', 'N = 5\ndef f():\n  N = 6\n  httpx.Limits(max_connections=N)', 6],
  ['what a class does not show its methods', 'N = 5\nclass C:\n  N = 6\n  def f(self):\n    httpx.Limits(max_connections=N)', 5],
  [
    'an attribute of self',
    'class C:\n  def __init__(self):\n    self.n = 5\n  def f(self):\n    httpx.Limits(max_connections=self.n)',
    5,
  ],
  [
    'an attribute of self from a parameter',
    'class C:\n  def __init__(self, n):\n    self.n = n\n  def f(self):\n    httpx.Limits(max_connections=self.n)',
    '‹self.n›',
  ],
  [
    'an attribute of self that is assigned twice',
    'class C:\n  def __init__(self):\n    self.n = 5\n  def g(self):\n    self.n = 6\n  def f(self):\n    httpx.Limits(max_connections=self.n)',
    '‹self.n›',
  ],
  [
    'an attribute that another class overrides',
    'class C:\n  n = 5\n  def f(self):\n    httpx.Limits(max_connections=self.n)\nclass D(C):\n  n = 6',
    '‹self.n›',
  ],
  ['an inherited attribute', 'class B:\n  n = 5\nclass C(B):\n  def f(self):\n    httpx.Limits(max_connections=self.n)', 5],
  ['assigned later in a loop', 'n = 1\nfor x in y:\n  httpx.Limits(max_connections=n)\n  n = 2', '‹n›'],
  ['a lambda’s parameter', 'n = 5\nf = lambda n: httpx.Limits(max_connections=n)', '‹n›'],
  ['a comprehension’s variable', 'n = 5\n[httpx.Limits(max_connections=n) for n in x]', '‹n›'],
])('scopes: %s', (_, body, value) => {
  expect(outline(inside(body))[0]?.[1]['limits.max_connections']).toEqual(value)
})

test('mappings of arguments', () => {
  const limits = (body: string) => outline(inside(body))[0]?.[1]
  expect(limits('kw = dict(max_connections=5)\nhttpx.Limits(**kw, keepalive_expiry=1)')).toEqual({
    'limits.max_connections': 5,
    'limits.keepalive_expiry': 1,
  })
  expect(limits('def f(**kw):\n  httpx.Limits(max_connections=5, **kw)')).toEqual({ 'limits.max_connections': 5, '*': 'kw' })
  expect(limits('kw = {**x, "max_connections": 5}\nhttpx.Limits(**kw)')).toEqual({ 'limits.max_connections': 5, '*': 'x' })
  expect(limits('kw = {"max_connections": 5, **x}\nhttpx.Limits(**kw)')).toEqual({ 'limits.max_connections': '‹x›', '*': 'x' })
  expect(limits('httpx.Limits(*args)')).toEqual({ '*': 'args' })
})

test('what is unknown is told with its expression, its line, its reason and its default', () => {
  const text = `import os, httpx
MAX = int(settings.get("MAX", "10"))

def make(kept=20, expiry=None):
    return httpx.Client(limits=httpx.Limits(
        max_connections=MAX,
        max_keepalive_connections=kept,
        keepalive_expiry=expiry or 5,
    ), timeout=settings.TIMEOUT)
`
  const [found] = imported(text).found
  expect(found?.unknown).toEqual([
    {
      setting: 'max_connections',
      fields: ['maxConnections', 'maxIdleConnections'],
      source: 'MAX',
      line: 6,
      because: 'int(settings.get("MAX", "10"))',
      default: '"10"',
    },
    {
      setting: 'max_keepalive_connections',
      fields: expect.arrayContaining(['maxIdleConnections', 'keepAlive']),
      source: 'kept',
      line: 7,
      default: '20',
    },
    {
      setting: 'keepalive_expiry',
      fields: expect.arrayContaining(['keepAliveExpiry']),
      source: 'expiry or 5',
      line: 8,
      default: '5',
    },
    {
      setting: 'timeout',
      fields: expect.arrayContaining(['acquireTimeout', 'connectTimeout']),
      source: 'settings.TIMEOUT',
      line: 9,
    },
  ])
  expect(found?.config).toEqual({ tcpKeepAlive: false, retryStale: false, proxy: 'env' })
})

test('with a mapping of unknown content nothing is certain but what is named', () => {
  const [found] = imported('import urllib3\nurllib3.PoolManager(num_pools=7, **kw)').found
  expect(found?.config).toMatchObject({ maxHosts: 7 })
  expect(Object.keys(found?.config ?? {})).not.toContain('block')
  expect(found?.unknown).toMatchObject([{ setting: '**', source: 'kw', line: 2 }])
  expect(found?.origins).toMatchObject({
    maxHosts: 'num_pools=7, app.py:2',
    keepAliveExpiry: 'urllib3 default',
  })
})
