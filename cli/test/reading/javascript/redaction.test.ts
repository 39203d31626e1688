import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clients } from '../../../../src/clients/index.ts'
import { draws } from '../../../../test/draws.ts'
import { moveOf } from '../../../src/commands/migrate/migrate.ts'
import { modelOf } from '../../../src/reading/javascript/model.ts'
import { parse } from '../../../src/reading/javascript/parse.ts'
import { placesIn } from '../../../src/reading/javascript/places.ts'

const planted = 'hunter2'

/** Code whose value is a secret; `¤` stands where one is spelled out. */
const expression: fc.Arbitrary<string> = fc.letrec<{ one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      "'¤'",
      '"¤"',
      '`¤`',
      '`Bearer ${x}¤`',
      "process.env['KEY']",
      "fs.readFileSync('key.pem', 'utf8')",
      'kept',
      'held.inner',
      'made',
      "''",
      'api.key',
      "x['name']",
    ),
    tie('one').map((one) => `Buffer.from(${one}, 'base64')`),
    tie('one').map((one) => `Buffer.from(${one} ?? '', 'base64').toString('utf8')`),
    tie('one').map((one) => `(${one}).replace(/\\\\n/g, '\\n')`),
    tie('one').map((one) => `decrypt(${one})`),
    tie('one').map((one) => `[${one}, x]`),
    tie('one').map((one) => `{ buf: ${one}, passphrase: ${one} }`),
    tie('one').map((one) => `((${one}))`),
    tie('one').map((one) => `\`\${${one}}-\${x}\``),
    tie('one').map((one) => `(() => ${one.startsWith('{') ? `(${one})` : one})()`),
    fc.tuple(tie('one'), tie('one')).map(([one, other]) => `(mode === 'test' ? ${one} : ${other})`),
    fc.tuple(tie('one'), tie('one')).map(([one, other]) => `(${one} || ${other})`),
    fc.tuple(tie('one'), tie('one')).map(([one, other]) => `('Basic ' + ${one} + ':' + ${other})`),
  ),
})).one

const name = fc.constantFrom('key', 'passphrase', 'pfx', "'private-key'", 'password')

function sourceWith(option: string, value: string): string {
  return `import https from 'node:https'
import fs from 'node:fs'
const kept = '¤'
const made = decrypt('¤', 'hex')
const held = { inner: '¤', ca: 'a.pem' }
export const agent = new https.Agent({ keepAlive: true, ${option}: ${value}, maxSockets: 5, servername: 'api.test' })
https.get('https://a.test', { agent })
`
}

function withoutParentheses(code: string): string {
  const text = `(${code})`
  const parsed = parse('a.mjs', text)
  const [statement] = 'message' in parsed ? [] : parsed.program.body
  if (statement?.type !== 'ExpressionStatement') throw new Error(text)
  return text.slice(statement.expression.start, statement.expression.end)
}

/** A constant by its name, or a sum of constants. */
function isConstant(code: string): boolean {
  return /kept|made|held\.inner|\+/.test(code) && /^(?:kept|made|held\.inner|'[^']*'|"[^"]*"|`[^`$]*`|[()+ ])*$/.test(code)
}

test('what is printed is the code that was there, without the secrets in it', () => {
  fc.assert(
    fc.property(name, expression, (option, value) => {
      const text = sourceWith(option, value).replaceAll('¤', planted)
      const model = modelOf('a.mjs', text)
      if (model === undefined || 'message' in model) throw new Error(`${text}\n${model?.message}`)
      const [place] = placesIn(model)
      if (place === undefined) throw new Error('no place')
      const move = moveOf(place, clients[place.client], 'node-http', clients['node-http'])
      expect(JSON.stringify({ place, move })).not.toContain(planted)
      expect('message' in parse('a.mjs', move.code), move.code).toBe(false)
      expect(move.code).toContain("servername: 'api.test'")
      // Of a choice between constants only what is chosen is printed, and of a constant by its name, or of a sum of constants, what it is.
      if (!['key', 'passphrase', 'pfx'].includes(option) || /\|\||\?\?/.test(value) || isConstant(value)) return
      expect(move.code).toContain(`{ ${option}: ${withoutParentheses(value.replaceAll('¤', '<redacted>'))}, servername`)
    }),
    { numRuns: draws(300) },
  )
})

test.each([
  ["Buffer.from(k ?? '', 'base64')", "Buffer.from(k ?? '', 'base64')"],
  ["k.replace(/\\\\n/g, '\\n')", "k.replace(/\\\\n/g, '\\n')"],
  ['`Bearer ${k}`', '`Bearer ${k}`'],
  ["mode === 'live' ? live : test", "mode === 'live' ? live : test"],
  ["k.split(',')[0]", "k.split(',')[0]"],
  ["`${'¤'}`", "`${'<redacted>'}`"],
  ["Buffer.from('¤', 'base64')", "Buffer.from('<redacted>', 'base64')"],
  ["k || '¤'", "k || '<redacted>'"],
  ["'¤'.replace('a', '')", "'<redacted>'.replace('a', '')"],
  ['`¤${k}`', '`<redacted>${k}`'],
  ['kept', "'<redacted>'"],
  ['held.inner', "'<redacted>'"],
  ['made', "decrypt('<redacted>', 'hex')"],
])('%s is shown as %s', (value, shown) => {
  const model = modelOf('a.mjs', sourceWith('key', value).replaceAll('¤', planted))
  if (model === undefined || 'message' in model) throw new Error('unread')
  const [place] = placesIn(model)
  if (place === undefined) throw new Error('no place')
  const { code } = moveOf(place, clients[place.client], 'node-http', clients['node-http'])
  expect(code).toContain(`{ key: ${shown}, servername: 'api.test' }`)
})
