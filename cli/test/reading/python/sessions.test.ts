import { expect, test } from 'vitest'
import { imported, type Outline, outline } from './helpers.ts'

const imports = 'import requests, httpx, urllib3\nfrom requests.adapters import HTTPAdapter\n'
const inInit = (lines: readonly string[]) => `class A:\n  def __init__(self):\n${lines.map((line) => `    ${line}\n`).join('')}`
const made = 'self.session = requests.Session()'

const cases: [what: string, source: string, ...places: [label: string, settings: Outline][]][] = [
  [
    'headers of a session that is an attribute',
    inInit([
      made,
      'self.session.headers.update({"Connection": "close"})',
      'self.session.mount("https://", HTTPAdapter(pool_maxsize=2))',
    ]),
    ['requests.HTTPAdapter', { pool_maxsize: 2, headers: { Connection: 'close' } }],
  ],
  [
    'one header of it',
    inInit([made, 'self.session.headers["Connection"] = "close"']),
    ['requests.Session', { headers: { Connection: 'close' } }],
  ],
  [
    'attributes of it',
    inInit([
      made,
      'self.session.auth = ("u", "p")',
      'self.session.hooks["x"].append(f)',
      'self.session.mount("https://", HTTPAdapter(3))',
    ]),
    ['requests.HTTPAdapter', { pool_connections: 3 }],
  ],
  [
    'attributes of it in a class that inherits',
    `${inInit([made])}  def f(self):\n    self.session.mount("https://", HTTPAdapter(3))\nclass B(A):\n  def g(self):\n    self.session.auth = x\n`,
    ['requests.HTTPAdapter', { pool_connections: 3 }],
  ],
  [
    'attributes that a class that inherits has something done to',
    `class A:\n  pool = urllib3.PoolManager(block=True)\nclass B(A):\n  def g(self):\n    self.pool.x = 1\n    self.pool.request("GET", a, pool_timeout=1)\n`,
    ['urllib3.PoolManager', { block: true, pool_timeout: 1 }],
  ],
  [
    'a session that is assigned again',
    inInit([made, 'self.session = other()', 'self.session.mount("https://", HTTPAdapter(3))']),
    ['requests.Session', {}],
    ['requests.HTTPAdapter', { pool_connections: 3 }],
  ],
  [
    'a session with a type, made later',
    'class A:\n  session: requests.Session | None = None\n  def f(self):\n    self.session: requests.Session = requests.Session()\n    self.session.mount("https://", HTTPAdapter(3))\n',
    ['requests.HTTPAdapter', { pool_connections: 3 }],
  ],
  [
    'a session of the module, made when it is asked for',
    's = None\ndef f():\n  global s\n  if s is None:\n    s = requests.Session()\n    s.mount("https://", HTTPAdapter(3))\n    s.headers["Connection"] = "close"\n  return s\n',
    ['requests.HTTPAdapter', { pool_connections: 3, headers: { Connection: 'close' } }],
  ],
  [
    'a session that may be one of two',
    's = requests.Session()\ndef f():\n  global s\n  s = requests.Session()\ns.mount("https://", HTTPAdapter(3))\n',
    ['requests.Session', {}],
    ['requests.Session', {}],
    ['requests.HTTPAdapter', { pool_connections: 3 }],
  ],
  [
    'a number that may be None',
    'class A:\n  n = None\n  def f(self):\n    self.n = 5\n    httpx.Limits(max_connections=self.n)\n',
    ['httpx.Limits', { 'limits.max_connections': '‹self.n›' }],
  ],
  [
    'a dict that is filled is not what it was made as',
    'class A:\n  LIMITS = {"max_connections": 3}\n  def f(self):\n    self.LIMITS["max_connections"] = 5\n    httpx.Limits(**self.LIMITS)\n',
    ['httpx.Limits', { '*': 'self.LIMITS' }],
  ],
  [
    'also where a class that inherits fills it',
    'class A:\n  LIMITS = {"max_connections": 3}\n  def f(self):\n    httpx.Limits(**self.LIMITS)\nclass B(A):\n  def g(self):\n    self.LIMITS.update(x)\n',
    ['httpx.Limits', { '*': 'self.LIMITS' }],
  ],
]

test.each(cases)('%s', (_, source, ...places) => {
  expect(outline(`${imports}${source}`)).toEqual(places)
})

const notes = (text: string) =>
  imported(`${imports}s = requests.Session()\n${text}`).found.map(({ place, notes }) => [
    place.replace('(…)', ''),
    ...notes.flatMap(({ field, message }) => (field === 'hosts' ? [message] : [])),
  ])
const both = 'mounted at http://, https://: requests counts the connections of http and of https apart'

test.each([
  [
    'one URL',
    's.mount("https://api.test/", HTTPAdapter())',
    "mounted at https://api.test/: other URLs go by the session's other adapters",
  ],
  ['both schemes', 'a = HTTPAdapter()\ns.mount("http://", a)\ns.mount("https://", a)', both],
  ['a loop over a tuple', 'a = HTTPAdapter()\nfor p in ("http://", "https://"):\n  s.mount(p, a)', both],
  ['a loop over a constant', 'P = ["http://", "https://"]\nfor p in P:\n  s.mount(p, HTTPAdapter())', both],
  [
    'by name',
    's.mount(adapter=HTTPAdapter(), prefix="https://x.test")',
    "mounted at https://x.test: other URLs go by the session's other adapters",
  ],
  ['a loop over what is unknown', 'for p in load():\n  s.mount(p, HTTPAdapter())', 'mounted at p'],
])('mounts are told: %s', (_, text, note) => {
  expect(notes(text)).toEqual([['requests.HTTPAdapter', note]])
})

test('an adapter that is not understood is told where its session is', () => {
  const ssl = 'class SSLAdapter(HTTPAdapter):\n  def __init__(self, ctx):\n    super().__init__()\n'
  const told = 'SSLAdapter(…) is mounted at https://: how it pools there is not told here'
  expect(notes(`${ssl}s.mount("https://", SSLAdapter("sesame"))`)).toEqual([['requests.Session', told], ['requests.HTTPAdapter']])
  const beside = 's.mount("https://", SSLAdapter(c))\ns.mount("http://", HTTPAdapter())'
  expect(notes(`${ssl}${beside}`)).toEqual([
    ['requests.HTTPAdapter'],
    ['requests.HTTPAdapter', "mounted at http://: other URLs go by the session's other adapters", told],
  ])
  expect(notes('s.mount("https://", make("sesame")(1))')).toEqual([
    ['requests.Session', 'an adapter of another kind is mounted at https://: how it pools there is not told here'],
  ])
})

test('a pool_timeout that differs is told with its places', () => {
  const text = 'p = urllib3.PoolManager(block=True)\np.request("GET", a, pool_timeout=0.5)\np.request("GET", a, pool_timeout=5)'
  const [found] = imported(`${imports}${text}`).found
  expect(found?.unknown).toMatchObject([
    {
      setting: 'pool_timeout',
      fields: expect.arrayContaining(['acquireTimeout']),
      places: [
        { source: '0.5', line: 4 },
        { source: '5', line: 5 },
      ],
    },
  ])
})
