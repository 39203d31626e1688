import { parser } from '@lezer/python'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { patience, watchPrototypes } from '../../../../test/hostile/support.ts'
import { effort, timesAsMuch } from '../../../../test/time.ts'
import { readPython } from '../../../src/reading/python/read-file.ts'
import { argument, imported, outline } from './helpers.ts'

let assertClean: () => void

beforeEach(() => {
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')
const use = '\nhttpx.Limits(max_connections=x)\n'

const deep = /^nested too deeply to be read$/
const full = /^too many places: the file is not read from here on$/
// The parser gives up on expressions of thousands of parts.
const syntax = /^syntax error: this is not the Python that was expected here/

type Hostile = readonly [what: string, file: string, text: string, found: number, problems: readonly RegExp[]]

/** What would take a walk without bounds for ever, or more than the stack; how many places it has, and what must be told of it. */
const hostile: readonly Hostile[] = [
  ['parentheses', 'a.py', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}${use}`, 1, [deep]],
  ['brackets that never close', 'a.py', `x = ${'['.repeat(50_000)}${use}`, 1, [deep]],
  ['calls in calls', 'a.py', 'httpx.Limits(max_connections='.repeat(10_000), 2000, [deep, full]],
  ['a long sum', 'a.py', `x = 1${'+1'.repeat(20_000)}${use}`, 1, [syntax]],
  ['a long chain of members', 'a.py', `x = a${'.b'.repeat(20_000)}${use}`, 1, [syntax]],
  ['signs', 'a.py', `x = ${'-'.repeat(20_000)}1${use}`, 1, [deep]],
  ['lambdas', 'a.py', `x = ${'lambda: '.repeat(10_000)}1${use}`, 1, [syntax]],
  ['f-strings in f-strings', 'a.py', `x = ${'f"{'.repeat(10_000)}${use}`, 1, [deep]],
  ['blocks in blocks', 'a.py', many(1000, (index) => `${' '.repeat(index)}if y:`), 0, [deep]],
  ['names of names', 'a.py', `x0 = 1\n${many(20_000, (index) => `x${index + 1} = x${index}`)}\nx = x20000${use}`, 1, []],
  [
    'dicts that double',
    'a.py',
    `x0 = {"a": 1}\n${many(200, (index) => `x${index + 1} = {"a": x${index}, "b": x${index}}`)}\nhttpx.Client(limits=x200)`,
    1,
    [],
  ],
  [
    'texts that double',
    'a.py',
    `x0 = "a"\n${many(200, (index) => `x${index + 1} = x${index} + x${index}`)}\nx = int(x200)${use}`,
    1,
    [],
  ],
  ['numbers that explode', 'a.py', `x = 9 ** 9 ** 9 ** 9${use}`, 1, []],
  ['a number of many digits', 'a.py', `x = int("${'9'.repeat(200_000)}")${use}`, 1, []],
  ['one name, assigned over and over', 'a.py', `${many(30_000, (index) => `x = ${index}`)}${use}`, 1, []],
  ['one client, made over and over', 'a.py', many(10_000, () => 'c = httpx.Client()\nc.mount("x", y)'), 2000, [full]],
  ['targets without end', 'a.py', `${'a.b, '.repeat(30_000)}= x${use}`, 1, []],
  [
    'classes that inherit from each other',
    'a.py',
    `${many(3000, (index) => `class C${index}(C${(index + 1) % 3000}):\n  y = 1`)}\nx = C0.z${use}`,
    1,
    [],
  ],
  ['quotes in quotes', 'a.md', `${'>'.repeat(20_000)}\n\n\`\`\`python\nhttpx.Limits()\n\`\`\`\n`, 1, []],
  ['lists in lists', 'a.md', `${'- '.repeat(5000)}\n\n\`\`\`python\nhttpx.Limits()\n\`\`\`\n`, 1, []],
  ['fences without end', 'a.md', '```python\nc = httpx.Client(limits=limits)\n```\n'.repeat(5000), 2000, [full]],
  ['backticks', 'a.md', '`'.repeat(100_000), 0, []],
]

/** Each takes less than a second on an idle machine; without its bound it takes minutes, or ends the process. */
test.each(hostile)('%s', (_, file, text, places, told) => {
  const spent = effort()
  const { found, problems } = imported(`import httpx\n${text}`, { file })
  expect(spent()).toBeLessThan(patience)
  expect(found).toHaveLength(places)
  expect(problems.map(({ message }) => message)).toEqual(told.map((pattern) => expect.stringMatching(pattern)))
})

test('too deep is a problem with its place, and what comes before it is read', () => {
  const text = `import httpx\nhttpx.Client()\nx = ${'('.repeat(10_000)}${')'.repeat(10_000)}\n`
  expect(imported(text)).toMatchObject({
    found: [{ line: 2 }],
    problems: [{ line: 3, column: expect.any(Number), message: 'nested too deeply to be read' }],
  })
})

test('too many places are a problem, and the first ones are shown', () => {
  const { found, problems } = imported(`import httpx\n${many(3000, () => 'httpx.Client()')}`)
  expect(found).toHaveLength(2000)
  expect(problems).toMatchObject([{ line: 2002, column: 1, message: 'too many places: the file is not read from here on' }])
})

test('names of every object are names like others', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    expect(argument(name)).toBe(`‹${name}›`)
    expect(argument(name, `${name} = 5`)).toBe(5)
    expect(argument(`{"${name}": 5}["${name}"]`)).toBe(5)
    expect(argument(`{}["${name}"]`)).toBe(`‹{}["${name}"]›`)
    expect(argument(`{}.get("${name}", 6)`)).toBe(6)
    expect(outline(`import httpx, ${name}\nhttpx.${name}()\n${name}.Client()\n${name}()\nc.setopt(pycurl.${name}, 1)`)).toEqual([
      ['c.setopt', expect.anything()],
    ])
    expect(outline(`import httpx\nhttpx.Limits(${name}=1, max_connections=2)`)).toEqual([
      ['httpx.Limits', { 'limits.max_connections': 2 }],
    ])
    expect(
      imported(`import httpx, pycurl\nhttpx.Client(**{"${name}": 1})\npycurl.Curl().setopt(pycurl.${name}, 1)`).problems,
    ).toEqual([])
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a large file takes little longer than its parser', () => {
  const text = `import httpx\n${'def f(a, b=1):\n    return foo(a, bar=b).baz["key"] + 1\n'.repeat(19_000)}httpx.Client()\n`
  expect(text.length).toBeGreaterThan(1_000_000)
  // The parser, measured beside it on the same machine, goes through the text once; reading it adds a few walks over the tree.
  const read = () => expect(readPython('a.py', text).places).toHaveLength(1)
  expect(timesAsMuch(() => parser.parse(text), read, 3)).toBeLessThan(6)
})
