import { afterEach, beforeEach, expect, it } from 'vitest'
import { findingsIn } from '../../cli/src/commands/audit/find.ts'
import type { Model } from '../../cli/src/reading/javascript/model.ts'
import { type Place, placesIn } from '../../cli/src/reading/javascript/places.ts'
import { readSource } from '../../cli/src/reading/javascript/read-file.ts'
import { SourceReader } from '../../cli/src/reading/javascript/reader.ts'
import { effort } from '../time.ts'
import { patience, poisons, watchPrototypes } from './support.ts'

let assertClean: () => void

beforeEach(() => {
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

const head = "import https, { Agent } from 'node:https'\nimport axios from 'axios'\n"
const many = (count: number, text: (at: number) => string) => Array.from({ length: count }, (_, at) => text(at)).join('\n')

/** Each parses, and would take very long, much memory or the stack in a naive reader. */
const sources: readonly (readonly [name: string, source: string])[] = [
  [
    'a constant that doubles itself',
    `const a0 = { x: 1 }\n${many(60, (at) => `const a${at + 1} = { l: a${at}, r: a${at} }`)}\nnew Agent(a60)`,
  ],
  [
    'texts that double themselves',
    `const s0 = 'xxxxxxxx'\n${many(60, (at) => `const s${at + 1} = s${at} + s${at}`)}\nnew Agent({ ca: s60 })`,
  ],
  [
    'lists that double themselves',
    `const l0 = [1]\n${many(60, (at) => `const l${at + 1} = [l${at}, l${at}]`)}\nnew Agent({ ca: l60 })`,
  ],
  [
    'spreads that double themselves',
    `const o0 = { a0: 1 }\n${many(500, (at) => `const o${at + 1} = { ...o${at}, a${at + 1}: 1 }`)}\nnew Agent(o500)`,
  ],
  ['constants that are each other', 'const a = b, b = a\nnew Agent({ maxSockets: a, ...b })'],
  [
    'a long chain of constants',
    `const c0 = 5\n${many(3000, (at) => `const c${at + 1} = c${at}`)}\nnew Agent({ maxSockets: c3000 })`,
  ],
  ['a long sum', `new Agent({ maxSockets: ${'1+'.repeat(3000)}1 })`],
  ['a long chain of calls', `axios.create()${'.create()'.repeat(60)}`],
  ['a long chain of members', `new Agent(a${'.b'.repeat(3000)})`],
  ['many agents', many(3000, (at) => `const g${at} = new Agent({ maxSockets: ${at} })`)],
  ['many names', `${many(20_000, (at) => `const n${at} = ${at}`)}\nnew Agent({ maxSockets: n7 })`],
  ['many assignments to one', `const agent = new Agent()\n${many(5000, (at) => `agent.maxSockets = ${at}`)}`],
  ['many comments to ignore', `new Agent() ${'// polypool-ignore '.repeat(20_000)}`],
  ['one long line of comments', `new Agent() ${'/**/'.repeat(100_000)}`],
  ['names in the middle of secrets', `new Agent({ key: ${"'a' + ".repeat(3000)}'b' })`],
  ['secrets within secrets', `new Agent({ ${'key: { '.repeat(500)}${'} '.repeat(500)} })`],
  ['quotes and backslashes', `new Agent({ key: f(${JSON.stringify('\\"\'`'.repeat(20_000))}) })`],
  ['a long name', `const ${'n'.repeat(200_000)} = new Agent({ maxSockets: 1 })`],
  ['a long text', `new Agent({ ca: '${'-----BEGIN '.repeat(20_000)}' })`],
]

it.each(sources)('%s is read in good time', (_, source) => {
  for (const find of [placesIn, (model: Model) => findingsIn(model, { undici: 8 })]) {
    const spent = effort()
    const reading = readSource<unknown>('a.mjs', head + source, find)
    expect(spent()).toBeLessThan(patience)
    expect(reading.problem === undefined || reading.problem.message).toSatisfy(
      (told) => told === true || /deep|syntax/.test(String(told)),
    )
  }
})

it('a source that nests deeper than any stack is a problem of its own, and the next one is read', async () => {
  await using reader = new SourceReader<undefined, Place>(new URL('../../cli/src/commands/migrate/worker.ts', import.meta.url))
  const deep = 100_000
  for (const source of [
    `new Agent(${'['.repeat(deep)}${']'.repeat(deep)})`,
    `new Agent(${'{a:'.repeat(deep)}1${'}'.repeat(deep)})`,
    `new Agent({ maxSockets: ${'('.repeat(deep)}1${')'.repeat(deep)} })`,
    `new Agent({ maxSockets: ${'-'.repeat(1)}${'!'.repeat(deep)}1 })`,
    `new Agent({ ca: ${'`${'.repeat(deep / 4)}1${'}`'.repeat(deep / 4)} })`,
    `${'if (a) '.repeat(deep)}new Agent()`,
    `${'() => '.repeat(deep)}new Agent()`,
  ]) {
    const { found, problem } = await reader.read('a.mjs', head + source, undefined)
    expect(found.length === 0 || problem === undefined).toBe(true)
    const next = await reader.read('b.mjs', `${head}new Agent({ maxSockets: 5 })`, undefined)
    expect(next).toMatchObject({ found: [{ client: 'node-http' }] })
  }
})

it.each(poisons)('%s is a name like any other in a source', (name) => {
  const source = `${head}
const ${name} = { maxSockets: 7 }
const options = { ['${name}']: { polluted: true }, "${name}": 1, maxSockets: ${name}.maxSockets, ...${name} }
const agent = new Agent(options); agent.${name} = options; agent['${name}'].polluted = true; options.${name}.polluted = true
axios.create({ httpsAgent: agent, ${name}: agent, headers: { ${name}: options } })
axios.${name}({ httpsAgent: agent }); https.${name}.polluted = true; new https.${name}(options); ${name}(agent)`
  for (const find of [placesIn, (model: Model) => findingsIn(model, {})]) {
    const { problem, found } = readSource<unknown>('a.mjs', source, find)
    expect(problem).toBeUndefined()
    JSON.stringify(found)
  }
})
