import { expect, test } from 'vitest'
import { effort } from '../../../../test/time.ts'
import { outline, places } from './helpers.ts'

/** The options of the one agent in a source. */
function options(text: string): unknown {
  const [place] = places(`import http from 'http'\n${text}`)
  const [, value] =
    Object.entries(outline(place?.settings ?? { kind: 'unknown', source: 'no place', size: 1 }) as object)[0] ?? []
  return value
}

const agent = (expression: string, before = '') => options(`${before}\nnew http.Agent({ x: ${expression} })`)

test.each([
  ['5', 5],
  ["'fifo'", 'fifo'],
  ['true', true],
  ['null', null],
  ['-1', -1],
  ['+1', 1],
  ['!0', true],
  ['60_000', 60_000],
  ['1e3', 1000],
  ['60 * 1000', 60_000],
  ['2 ** 3 + 10 / 2 - 7 % 4', 10],
  ['1 << 4', 16],
  ['`fifo`', 'fifo'],
  ["'a' + 1", 'a1'],
  ['void 0', undefined],
  ['undefined', undefined],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['Number.POSITIVE_INFINITY', Number.POSITIVE_INFINITY],
  ['Number.MAX_SAFE_INTEGER', Number.MAX_SAFE_INTEGER],
  ['(50)', 50],
  ['50 as number', 50],
  ['50!', 50],
  ['<number>50', 50],
  ['50 satisfies number', 50],
  ['true ? 1 : 2', 1],
  ['0 || 7', 7],
  ['0 ?? 7', 0],
  ['null ?? 7', 7],
  ['1 && 7', 7],
  ['[1, 2]', [1, 2]],
  ['{ a: { b: 1 } }', { a: { b: 1 } }],
])('%s is known', (expression, value) => {
  expect(agent(expression)).toEqual({ x: value })
})

test.each([
  'process.env.SIZE',
  'Number(process.env.SIZE)',
  'process.env.SIZE || 50',
  'process.env.SIZE ?? 50',
  'process.env.SIZE ? 1 : 2',
  'size()',
  'config.size',
  'this.size',
  'config[name]',
  'os.cpus().length * 2',
  '`a$' + '{size}`',
  '/x/',
  '10n',
  'await size',
  '[...sizes]',
  'import.meta.env.SIZE',
  'new Size()',
  'cond ? 5 : 5',
  '-size',
  'typeof x',
])('%s is unknown, and shown as it stands', (expression) => {
  expect(agent(expression)).toEqual({ x: `‹${expression}›` })
})

test.each([
  ['const', 'const n = 5', 'n', 5],
  ['let that is never assigned', 'let n = 5', 'n', 5],
  ['var', 'var n = 5', 'n', 5],
  ['through another name', 'const a = 5; const n = a', 'n', 5],
  ['a member', 'const c = { limits: { n: 5 } }', 'c.limits.n', 5],
  ['a member by a string', "const c = { 'n-1': 5 }", "c['n-1']", 5],
  ['an element', 'const c = [4, 5]', 'c[1]', 5],
  ['a member that is not there', 'const c = { a: 1 }', 'c.b', undefined],
  ['destructured', 'const { n } = { n: 5 }', 'n', 5],
  ['destructured under another name', 'const { a: { b: n } } = { a: { b: 5 } }', 'n', 5],
  ['destructured from an array', 'const [, n] = [4, 5]', 'n', 5],
  ['frozen', 'const c = Object.freeze({ n: 5 })', 'c.n', 5],
  ['as const', 'const c = { n: 5 } as const', 'c.n', 5],
  ['exported', 'export const n = 5', 'n', 5],
  ['shadowed by a nearer one', 'const n = 1; { const n = 2 }', 'n', 1],
  ['assigned beside its declaration', 'const c: { n?: number } = {}; c.n = 5', 'c.n', 5],
])('a constant: %s', (_, before, expression, value) => {
  expect(agent(expression, before)).toEqual({ x: value })
})

test.each([
  ['assigned again', 'let n = 5; n = 6', 'n'],
  ['assigned in a function', 'let n = 5; function f() { n = 6 }', 'n'],
  ['counted up', 'let n = 5; n++', 'n'],
  ['assigned by destructuring', 'let n = 5; ({ n } = other)', 'n'],
  ['a loop variable', 'let n; for (n of [1]) {}', 'n'],
  ['declared twice', 'var n = 5; var n = 6', 'n'],
  ['without a value', 'let n', 'n'],
  ['a default that may not count', 'const { n = 5 } = other', 'n'],
  ['a rest', 'const { a, ...n } = { a: 1, b: 2 }', 'n'],
  ['imported', "import { n } from './config.ts'", 'n'],
  ['in a circle', 'const n = m; const m = n', 'n'],
  ['an enum', 'enum E { n = 5 }', 'E.n'],
  ['a prototype member', 'const c = { a: 1 }', 'c.toString'],
])('not a constant: %s', (_, before, expression) => {
  expect(agent(expression, before)).toEqual({ x: `‹${expression}›` })
})

test('a member that is assigned under a condition, deleted or computed is unknown; the others are not', () => {
  const before = 'const c = { a: 1, b: 2, d: 3, e: 4 }; if (x) { c.a = 9 }; delete c.b; c.d += 1'
  expect(options(`${before}\nnew http.Agent(c)`)).toEqual({ a: '‹c.a = 9›', b: '‹delete c.b›', d: '‹c.d += 1›', e: 4 })
  expect(options('const c = { a: 1 }; c[k] = 2\nnew http.Agent(c)')).toEqual({ a: '‹c[k] = 2›', '…': ['c[k] = 2'] })
  expect(options('const c = { a: { b: 1 } }; c.a.b = 2\nnew http.Agent(c)')).toEqual({ a: '‹c.a.b = 2›' })
})

test('spreads of what is known merge in order; what is unknown may replace anything before it', () => {
  const before = 'const base = { a: 1, b: 2 }'
  expect(options(`${before}\nnew http.Agent({ ...base, b: 3 })`)).toEqual({ a: 1, b: 3 })
  expect(options(`${before}\nnew http.Agent({ b: 3, ...base })`)).toEqual({ a: 1, b: 2 })
  expect(options('new http.Agent({ a: 1, ...rest, b: 2 })')).toEqual({ a: '‹...rest›', b: 2, '…': ['...rest'] })
  expect(options('new http.Agent({ a: 1, [key]: 2 })')).toEqual({ a: '‹[key]: 2›', '…': ['[key]: 2'] })
  expect(options(`${before}\nnew http.Agent(Object.assign({}, base, { b: 3 }))`)).toEqual({ a: 1, b: 3 })
  expect(options('new http.Agent({ ...(x && { a: 1 }) })')).toEqual({ a: '‹(x && { a: 1 })?.a›' })
  expect(options("new http.Agent({ b: 3, ...(f ? { a: f, 'b-c': 1 } : {}) })")).toEqual({
    b: 3,
    a: "‹(f ? { a: f, 'b-c': 1 } : {})?.a›",
    'b-c': `‹(f ? { a: f, 'b-c': 1 } : {})?.["b-c"]›`,
  })
  expect(options('new http.Agent({ ...(f ? { a: 1 } : g()) })')).toEqual({ '…': ['...(f ? { a: 1 } : g())'] })
  expect(options('new http.Agent({ ...(true && { a: 1 }) })')).toEqual({ a: 1 })
  expect(options('new http.Agent({ ...undefined, a: 1 })')).toEqual({ a: 1 })
  expect(options("const k = 'a'\nnew http.Agent({ [k]: 1, get b() { return 1 }, c() {} })")).toEqual({
    a: 1,
    b: '‹get b() { return 1 }›',
    c: '‹() {}›',
  })
})

test('a limit that is assigned to the agent afterwards is its option', () => {
  expect(options('const agent = new http.Agent({ keepAlive: true })\nagent.maxSockets = 5')).toEqual({
    keepAlive: true,
    maxSockets: 5,
  })
  expect(options('const agent = new http.Agent({ keepAlive: true })\nif (x) agent.maxSockets = 5')).toEqual({
    keepAlive: true,
    maxSockets: '‹agent.maxSockets = 5›',
  })
})

test('no arguments are no options, and spread arguments are unknown', () => {
  expect(options('new http.Agent()')).toEqual({})
  expect(options('new http.Agent(undefined)')).toEqual({})
  expect(options('new http.Agent(...args)')).toBe('‹...args›')
})

test('__proto__ is a name like any other', () => {
  expect(options("new http.Agent({ ['__proto__']: 1, a: 2 })")).toEqual(JSON.parse('{ "__proto__": 1, "a": 2 }'))
})

test('constants that grow by use are given up, in little time', () => {
  const doubling = (make: (name: string) => string) =>
    Array.from({ length: 60 }, (_, index) => `const v${index + 1} = ${make(`v${index}`)}`).join('\n')
  const spent = effort()
  expect(options(`const v0 = { a: 1 }\n${doubling((name) => `[${name}, ${name}]`)}\nnew http.Agent({ x: v60 })`)).toHaveProperty(
    'x',
  )
  expect(
    options(`const v0 = 'a'\n${doubling((name) => `\`\${${name}}\${${name}}\``)}\nnew http.Agent({ x: v60 })`),
  ).toHaveProperty('x')
  expect(spent()).toBeLessThan(200)
})
