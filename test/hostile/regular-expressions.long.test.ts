import { expect, it } from 'vitest'
import { effort } from '../time.ts'
import { type moduleOf, modules } from './sources.ts'

interface Pattern {
  readonly file: string
  readonly pattern: string
  readonly flags: string
}

/** Longest text that these are given, and why: by themselves they take quadratic time. */
const bounded: readonly (readonly [file: string, start: string, longest: number, why: string])[] = [
  ['cli/src/commands/init/template.ts', '"(?:[^"', 500, 'the examples of the fields table'],
  ['src/config/durations.ts', '^(\\d*\\.?\\d+)', 24, 'longestText'],
  ['src/engines/node-agent/read.ts', '^\\s*(\\d+', 32, 'texts from 32 characters on are refused before'],
  ['src/files/env.ts', '^(that is .*)', 500, 'the advice of the table of other vocabularies'],
  ['src/files/env.ts', '^POLYPOOL_', 128, 'isOfKubernetes'],
]

function patternsIn({ file, nodes }: ReturnType<typeof moduleOf>): Pattern[] {
  return nodes.flatMap((node) =>
    node.type === 'Literal' && 'regex' in node && node.regex
      ? [{ file, pattern: node.regex.pattern, flags: node.regex.flags }]
      : [],
  )
}

/** What a pattern is built of: its words, and a character of each of its classes. */
function piecesOf(pattern: string): string[] {
  const classes: readonly (readonly [RegExp, string])[] = [
    [/\\d/, '0'],
    [/\\w|\[.*[a-z]-/, 'a'],
    [/\\s/, '\t'],
    [/\\p\{L/, 'é'],
    [/\[\^|(?<!\\)\./, '~'],
  ]
  const found = classes.flatMap(([mention, character]) => (mention.test(pattern) ? [character] : []))
  if (pattern.includes('\\\\')) found.push('\\')
  const plain = pattern.replace(/\\[bBdDwWsSpPuxnrt]|\\[pu]\{.*?\}|\(\?(?::|<?[=!])/g, '').replaceAll('\\', '')
  const words = plain.match(/\w{2,}/g) ?? []
  const marks = plain.match(/[^\w\s()[\]{}^$*+?|]{2,}/g) ?? []
  const letters = plain.match(/(?<!\w)\w(?!\w)/g) ?? []
  const characters = [...plain].filter((character) => !/[\w()^$*+?|]/.test(character))
  return [...new Set([...found, ...characters, ...marks, ...letters, ...words])].slice(0, 16)
}

/** Texts on which a pattern would take long if it could: pieces of it over and over, and an end that does not fit. */
function* attacksOn(pattern: string, length: number): Generator<string> {
  const pieces = piecesOf(pattern)
  const [head = ''] = /^\^?([A-Za-z0-9_ ]+)/.exec(pattern)?.slice(1) ?? []
  const units = [...pieces, ...pieces.flatMap((one) => pieces.map((other) => one + other))]
  for (const unit of units) {
    const body = unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
    for (const start of new Set(['', '~', head])) for (const end of ['', '\0', '\n~']) yield start + body + end
  }
}

/** The least effort of some runs: other work of the machine's can make processor caches cold. */
function leastEffort({ pattern, flags }: Pattern, text: string, runs: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs && least > limit; run++) {
    const expression = new RegExp(pattern, flags)
    const spent = effort()
    if (flags.includes('g')) text.replace(expression, '')
    else expression.test(text)
    least = Math.min(least, spent())
  }
  return least
}

// A linear pattern takes less than a fifth of this for a text of this length, and one that is quadratic twice as much or more, most of them twenty times.
const limit = 2
const long = 16_000

/** In small steps, since an exponential pattern takes little time for one length and for ever for the next. */
const lengths = [18, 22, 25, 28, 32, 38, 46]

/** The first attack on which a pattern takes long. */
function weaknessOf(one: Pattern, longest = long): string | undefined {
  for (const length of [...lengths.filter((one) => one < longest), longest]) {
    for (const text of attacksOn(one.pattern, length)) {
      if (leastEffort(one, text, 3) > limit) return `${JSON.stringify(text.slice(0, 40))}… of ${text.length}`
    }
  }
  return undefined
}

it('no regular expression of the package takes long, whatever text it is given', () => {
  const found = modules().flatMap(patternsIn)
  expect(found.length).toBeGreaterThan(100)
  const used = new Set<string>()
  for (const one of found) {
    const exception = bounded.find(([file, start]) => file === one.file && one.pattern.startsWith(start))
    if (exception) used.add(exception[1])
    expect(weaknessOf(one, exception?.[2]), `${one.file}: /${one.pattern}/${one.flags}`).toBeUndefined()
  }
  expect([...used].sort()).toEqual(bounded.map(([, start]) => start).sort())
})

it('every other pattern is made of names that the package knows', () => {
  const made = modules().flatMap(({ file, nodes, text }) =>
    nodes.flatMap((node) =>
      (node.type === 'NewExpression' || node.type === 'CallExpression') && text(node.callee) === 'RegExp' ? [file] : [],
    ),
  )
  expect([...new Set(made)].sort()).toEqual([
    'cli/src/reading/javascript/clients.ts',
    'cli/src/reading/javascript/places.ts',
    'cli/src/reading/python/known-callables.ts',
    'src/files/env.ts',
  ])
})

it.each([
  ['(a+)+$', ''],
  ['^(?:x|x)*y', ''],
  ['\\s+$', ''],
  ['-+$', 'g'],
  ['(?://|/[*]).*?\\bignore', ''],
  ['^(\\d*\\.?\\d+)x', ''],
  ['"(?:[^"\\\\]|\\\\.)*"', ''],
  ['^that is .*: .*$', ''],
])('the check knows a slow one: %s', (pattern, flags) => {
  expect(weaknessOf({ file: '', pattern, flags })).toBeDefined()
})
