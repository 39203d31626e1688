import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseYaml } from '../../../../src/files/formats/yaml.ts'
import { draws, share } from '../../../../test/draws.ts'
import { patience, watchPrototypes } from '../../../../test/hostile/support.ts'
import { effort } from '../../../../test/time.ts'
import { namePools } from '../../../src/reading/python/pool-names.ts'
import { configYaml } from '../../../src/reading/python/yaml.ts'
import { argument, imported } from './helpers.ts'

let assertClean: () => void

beforeEach(() => {
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

/** Sources that use everything the reader knows; what is made of them by chance must do no harm. */
const seeds = [
  `import os, math
import httpx as h
from httpx import (Limits as L, Timeout)
from requests.adapters import HTTPAdapter
import requests, urllib3, aiohttp
MAX: int = int(os.getenv("MAX", "10")) * 2
BASE = {"max_connections": MAX, **extra, "keepalive_expiry": 5.0}
class Client(Base):
    size = 5
    def __init__(self, size=None, *args, **kw):
        self.size = size or 7
        self.http = h.Client(limits=L(max_connections=self.size, **kw), timeout=Timeout(10, pool=2))
        for n in range(3): self.size += n
    async def run(self):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=MAX if self.size else 0)) as s, h.AsyncClient() as c:
            pass
limits = L(**BASE)
a, (b, *c) = 1, (2, 3)
session = requests.Session()
session.headers.update({"Connection": "close"})
session.mount("https://", HTTPAdapter(pool_maxsize=a, pool_block=not b))
pool = urllib3.HTTPConnectionPool("x", maxsize=-1 + 2 ** 3, block=True, headers={"a": f"{b}"})
pool.urlopen("GET", "/", pool_timeout=float("inf"))
`,
  `import pycurl
from sqlalchemy import create_engine, pool
from sqlalchemy.pool import *
m = pycurl.CurlMulti(); m.setopt(pycurl.M_MAXCONNECTS, 50)
def handle(url, n=3):
    c = pycurl.Curl()
    if url: c.setopt(c.CONNECTTIMEOUT, n)
    try:
        c.setopt(pycurl.HTTPHEADER, ["Connection: close", "X: " + url])
    finally:
        m.add_handle(c)
    return c
engine = create_engine(f"postgresql://{host}", pool_size=(n := 5), max_overflow=-1, poolclass=QueuePool)
other = create_engine("x", pool=pool.QueuePool(lambda: 1, 5, timeout=[i for i in x][0]))
match x:
    case {"size": size}: create_engine(x, pool_size=size)
while True:
    size = size + 1 if size else min(1, 2)
    del size
`,
  `# Pools

- one

  \`\`\`python
  limits = httpx.Limits(
      max_connections=100)
  \`\`\`

> \`\`\`py
> >>> client = httpx.Client(limits=limits, timeout=(1, 2, 3, None))
> <Client>
> \`\`\`

~~~python3
session = aiohttp.ClientSession(connector=TCPConnector(limit=5, **kw), timeout=aiohttp.ClientTimeout())
~~~
`,
]

const words =
  'import|from|as|def|class|return|lambda|for|in|if|else|try:|except:|with|await|async|global x|nonlocal|del|(|)|[|]|{|}|:|,|=|:=|==|*|**|+|-|.|->|@|\\|;|#|"|\'|"""|```|~~~|> |- |\n|\n    |\t|\r|httpx.|Limits(|L|a|self.|__proto__|constructor|toString|0|1e999|0x|1_0j|None|True|f"{|\u2028|\0|\uD800|é'.split(
    '|',
  )

const place = fc.double({ min: 0, max: 1, noNaN: true })
type Change = (text: string) => string
const index = (at: number, length: number) => Math.min(Math.floor(at * length), Math.max(0, length - 1))

const insertAt =
  (at: number, word: string): Change =>
  (text) =>
    text.slice(0, index(at, text.length)) + word + text.slice(index(at, text.length))

/** Puts the name, number or line that stands at one place into another place. */
const moved =
  (pattern: RegExp, from: number, to: number): Change =>
  (text) => {
    const parts = [...text.matchAll(pattern)]
    const [source, target] = [parts[index(from, parts.length)], parts[index(to, parts.length)]]
    return source && target ? text.slice(0, target.index) + source[0] + text.slice(target.index + target[0].length) : text
  }

/** Changes of names and lines mostly leave valid code behind, those of characters mostly do not. */
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(place, fc.constantFrom(...words)).map(([at, word]) => insertAt(at, word)) },
  {
    weight: 1,
    arbitrary: fc.tuple(place, fc.nat(30)).map(
      ([at, length]): Change =>
        (text) =>
          text.slice(0, index(at, text.length)) + text.slice(index(at, text.length) + length),
    ),
  },
  { weight: 4, arbitrary: fc.tuple(place, place).map(([from, to]) => moved(/[A-Za-z_]\w*|\d+/g, from, to)) },
  { weight: 2, arbitrary: fc.tuple(place, place).map(([from, to]) => moved(/^.*$/gm, from, to)) },
)

const source = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }))
  .map(([seed, changes]) => changes.reduce((text, one) => one(text), seed))

test('mutated sources: places or problems, and never anything else', () => {
  let [clean, places] = [0, 0]
  fc.assert(
    fc.property(source, fc.constantFrom('a.py', 'a.md', '<stdin>'), (text, file) => {
      const spent = effort()
      const { found, problems } = imported(text, { file })
      if (problems.length === 0) clean++
      places += found.length
      const lines = text.split(/\r\n?|\n/)
      for (const { line = 0, column = 0 } of [...found, ...problems]) {
        expect(column).toBeGreaterThan(0)
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1)
      }
      for (const { config, unknown, origins } of found) {
        // What is unknown is never given a value.
        for (const field of unknown.flatMap((one) => one.fields)) expect(config).not.toHaveProperty(field)
        expect(Object.keys(origins)).toEqual(Object.keys(config))
      }
      if (found.length > 0) {
        const names = namePools(found)
        expect(new Set(names).size).toBe(found.length)
        const yaml = configYaml(found.map((from, at) => ({ name: names[at] ?? '', from })))
        const { value, faults } = parseYaml(yaml)
        expect(faults).toEqual([])
        expect(Object.keys((value as { pools: object }).pools)).toEqual(names)
      }
      expect(spent()).toBeLessThan(patience)
    }),
    { numRuns: draws(1500) },
  )
  // Otherwise only the parser would have been tested.
  expect(clean).toBeGreaterThan(200 * share)
  expect(places).toBeGreaterThan(2000 * share)
})

test('arbitrary text is harmless', () => {
  const part = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 }))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.constantFrom('a.py', 'a.md', '<stdin>'), (parts, file) => {
      imported(`import httpx\n${parts.join(' ')}`, { file })
    }),
    { numRuns: draws(2000) },
  )
})

const { literal } = fc.letrec<{ literal: unknown }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 2 },
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.array(tie('literal'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('literal'), { maxKeys: 3 }),
  ),
}))

/** Python's literals are JSON's but for three words, which are not among these. */
test('a literal is never read as anything else', () => {
  let read = 0
  fc.assert(
    fc.property(literal, (value) => {
      const text = JSON.stringify(value)
      const found = argument(text)
      if (JSON.stringify(found).includes('‹')) return
      read++
      expect(found).toEqual(JSON.parse(text, (_, one: unknown) => (Object.is(one, -0) ? 0 : one)))
    }),
    { numRuns: draws(500) },
  )
  expect(read).toBeGreaterThan(200 * share)
})

/** Arithmetic as Python does it, told by other means. */
test('whole numbers are computed as Python does', () => {
  const whole = fc.integer({ min: -50, max: 50 })
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      const of = (operator: string) => argument(`${a} ${operator} ${b}`)
      expect([of('+'), of('-'), of('*')]).toEqual([a + b, a - b, 0 + a * b].map((one) => (Object.is(one, -0) ? 0 : one)))
      if (b !== 0) {
        const [quotient, rest] = [Number(of('//')), Number(of('%'))]
        expect(quotient * b + rest).toBe(a)
        expect(b > 0 ? rest >= 0 && rest < b : rest <= 0 && rest > b).toBe(true)
      }
    }),
    { numRuns: draws(200) },
  )
})
