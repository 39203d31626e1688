import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { draws, share } from '../../../../test/draws.ts'
import { patience, watchPrototypes } from '../../../../test/hostile/support.ts'
import { loadAdapter } from '../../../../test/load-adapter.ts'
import { effort } from '../../../../test/time.ts'
import { findingsIn } from '../../../src/commands/audit/find.ts'
import { moveOf } from '../../../src/commands/migrate/migrate.ts'
import { placesIn } from '../../../src/reading/javascript/places.ts'
import { readSource } from '../../../src/reading/javascript/read-file.ts'
import type { Value } from '../../../src/reading/javascript/values.ts'

let assertClean: () => void

beforeEach(() => {
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

/** Sources that use everything the reader knows; what is made of them by chance must do no harm. */
const seeds = [
  `import axios, { type AxiosInstance } from 'axios'
import https, { Agent as A } from 'node:https'
const { Agent: H } = require('http')
const limits = { maxSockets: 5 * 10, keepAlive: true, ...(x ? { timeout: 1 } : base) }
const agent = new A({ ...limits, timeout: Number(process.env.T), ca: readFileSync('ca.pem') })
agent.maxFreeSockets = 3
export const api: AxiosInstance = axios.create({ baseURL: 'x', httpsAgent: agent, httpAgent: new H(limits) })
axios.defaults.httpsAgent = agent; api.defaults.httpAgent = new H()
app.get('/x', async (req, res) => { const c = axios.create({ httpAgent: new H() }); res.json((await c.get('/y')).data) })`,
  `import got from 'got'; import fetch from 'node-fetch'; import Keep, { HttpsAgent } from 'agentkeepalive'
import * as undici from 'undici'
const a = new Keep({ freeSocketTimeout: 4000 }), b = new HttpsAgent(), c = Object.freeze({ a, b })
got.extend({ agent: { http: a, https: b }, retry: 1 }).extend({ http2: true })
fetch('x', { agent: ({ protocol }) => protocol === 'https:' ? b : c.a })
undici.setGlobalDispatcher(new undici.Agent({ connections: 5, pipelining: 0 }).compose(undici.interceptors.retry()))
for (const u of us) globalThis.fetch(u, { dispatcher: new undici.Pool('http://x', { connections: 1, clientTtl: 5, ...more }) })
http.globalAgent.maxSockets = 5
import('undici').then(({ Client: C = 5, ...rest }) => new C(\`http://\${rest}\`, Object.assign({}, c, { [k]: 1, get x() { return 1 } })))`,
]

const words = [
  'new',
  'http',
  'Agent',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '...',
  ',',
  ';',
  '=',
  '=>',
  '.',
  '`',
  '${',
  "'",
  '"',
  '/',
  '/*',
  '//',
  'const',
  'a',
  'agent',
  'await',
  'class',
  'function',
  '#',
  '@',
  '<',
  '>',
  '?',
  ':',
  '??',
  '__proto__',
  'constructor',
  'default',
  '\n',
  '\u2028',
  '\0',
  '\uD800',
  '0',
  '1e999',
  '-1',
  'undefined',
]

const place = fc.double({ min: 0, max: 1, noNaN: true })

type Change = (text: string) => string

/** One change. Those of whole lines and names mostly leave valid code behind, those of characters mostly do not. */
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(place, fc.constantFrom(...words)).map(([at, word]) => insertAt(at, word)) },
  { weight: 1, arbitrary: fc.tuple(place, fc.nat(30)).map(([at, length]) => removeAt(at, length)) },
  { weight: 1, arbitrary: fc.tuple(place, place, fc.nat(80)).map(([from, to, length]) => copyTo(from, to, length)) },
  { weight: 4, arbitrary: fc.tuple(place, place).map(([from, to]) => moveLine(from, to)) },
  { weight: 4, arbitrary: fc.tuple(place, place).map(([from, to]) => replaceName(from, to)) },
)

const index = (at: number, length: number) => Math.min(Math.floor(at * length), Math.max(0, length - 1))

function insertAt(at: number, word: string): Change {
  return (text) => text.slice(0, index(at, text.length)) + word + text.slice(index(at, text.length))
}

function removeAt(at: number, length: number): Change {
  return (text) => text.slice(0, index(at, text.length)) + text.slice(index(at, text.length) + length)
}

function copyTo(from: number, to: number, length: number): Change {
  return (text) => insertAt(to, text.slice(index(from, text.length)).slice(0, length))(text)
}

function moveLine(from: number, to: number): Change {
  return (text) => {
    const lines = text.split('\n')
    lines.splice(index(to, lines.length), 0, ...lines.splice(index(from, lines.length), 1))
    return lines.join('\n')
  }
}

/** Puts the name that stands at one place into another place. */
function replaceName(from: number, to: number): Change {
  return (text) => {
    const names = [...text.matchAll(/[A-Za-z_$][\w$]*/g)]
    const [source, target] = [names[index(from, names.length)], names[index(to, names.length)]]
    if (!source || !target) return text
    return text.slice(0, target.index) + source[0] + text.slice(target.index + target[0].length)
  }
}

const source = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }))
  .map(([seed, changes]) => changes.reduce((text, one) => one(text), seed))

test('mutated sources: places, findings or a problem, and never anything else', async () => {
  const to = await loadAdapter('undici')
  let read = 0
  await fc.assert(
    fc.asyncProperty(source, async (text) => {
      const spent = effort()
      const findings = readSource('a.tsx', text, (model) => findingsIn(model, { undici: 8 }))
      const { found: places, problem } = readSource('a.tsx', text, placesIn)
      expect(problem).toEqual(findings.problem)
      if (!problem) read++
      const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
      for (const { line, column } of [...places, ...findings.found])
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1)
      for (const place of places) {
        const move = moveOf(place, await loadAdapter(place.client), 'undici', to)
        for (const { field } of move.unknown) expect(move.config).not.toHaveProperty(field)
        JSON.stringify(move)
      }
      expect(spent()).toBeLessThan(patience)
    }),
    { numRuns: draws(800) },
  )
  // Otherwise only the parser would have been tested.
  expect(read).toBeGreaterThan(200 * share)
})

test('arbitrary text is harmless', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 60 }), (parts) => {
      readSource('a.ts', `import http from 'http'\n${parts.join(' ')}`, (model) => findingsIn(model, {}))
    }),
    { numRuns: draws(3000) },
  )
})

/** Generated options: what is written as a literal must be read exactly, or be unknown; it is never another value. */
test('a literal is never read as anything else', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  fc.assert(
    fc.property(json, (value) => {
      const { found } = readSource(
        'a.js',
        `const http = require('http'); new http.Agent({ x: ${JSON.stringify(value)} })`,
        placesIn,
      )
      const options = found[0]?.settings
      const inner = options?.kind === 'made' && options.options.kind === 'fields' ? options.options.fields.get('x') : undefined
      expect(inner).toBeDefined()
      if (inner && inner.kind !== 'unknown') expect(plainOf(inner)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: draws(500) },
  )
})

function plainOf(value: Value): unknown {
  if (value.kind === 'plain') return Object.is(value.value, -0) ? 0 : value.value
  if (value.kind === 'items') return value.items.map(plainOf)
  if (value.kind === 'fields')
    return JSON.parse(JSON.stringify(Object.fromEntries([...value.fields].map(([name, one]) => [name, plainOf(one)]))))
  return value
}
