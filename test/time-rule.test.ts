import { readdirSync, readFileSync } from 'node:fs'
import type { Node } from 'oxc-parser'
import { expect, it } from 'vitest'
import { moduleOf } from './hostile/sources.ts'

/** These run for a given time, or write a log of it. */
const runForATime = ['soak/main.ts', 'soak/report.ts', 'soak/traffic.ts']

/** The name at the root of `it.each(…)(…)`, `vi.waitFor(…)`, `expect.poll(…)`. */
function rootOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression') return rootOf(node.object)
  if (node.type === 'CallExpression') return rootOf(node.callee)
  if (node.type === 'TaggedTemplateExpression') return rootOf(node.tag)
  return ''
}

const isNumber = (node: Node | undefined) => node?.type === 'Literal' && typeof node.value === 'number'

/** A time limit in figures, as the last argument or among the options. */
function limits(call: Node): boolean {
  if (call.type !== 'CallExpression' || !['it', 'test', 'describe', 'vi', 'expect'].includes(rootOf(call.callee))) return false
  const waits = call.callee.type === 'MemberExpression' && /^(waitFor|waitUntil|poll)$/.test(propertyOf(call.callee))
  const declares = call.arguments.some(({ type }) => type === 'ArrowFunctionExpression' || type === 'FunctionExpression')
  if (!waits && !declares) return false
  return call.arguments.some(
    (argument) =>
      isNumber(argument) ||
      (argument.type === 'ObjectExpression' &&
        argument.properties.some(
          (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === 'timeout' && isNumber(one.value),
        )),
  )
}

function propertyOf(node: Node): string {
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' ? node.property.name : ''
}

function readsClock(node: Node): boolean {
  const of =
    node.type === 'MemberExpression' && node.object.type === 'Identifier' ? `${node.object.name}.${propertyOf(node)}` : ''
  return ['performance.now', 'Date.now', 'process.hrtime'].includes(of)
}

function faultsOf(file: string, source: string): string[] {
  const { nodes, text } = moduleOf(file, source)
  return nodes.flatMap((node) => {
    if (readsClock(node) && !runForATime.includes(file))
      return [`${file}: ${text(node)}: use stopwatch, wallClock or effort of test/time.ts`]
    if (limits(node))
      return [`${file}: ${text(node).slice(0, 80)}: the limit of vitest.config.ts tells a hang, a shorter one a busy machine`]
    return []
  })
}

// A bound in milliseconds fails on a machine that has much else to do. What is compared with a run beside it, or counted, does not.
it('no test compares the time of the wall with a constant', () => {
  const faults = ['./', '../cli/test/'].flatMap((path) => {
    const folder = new URL(path, import.meta.url)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    return files.flatMap((file) => faultsOf(file, readFileSync(new URL(file, folder), 'utf8')))
  })
  expect(faults).toEqual([])
})

it.each([
  'const start = performance.now()',
  'for (const end = Date.now() + 50; Date.now() < end; );',
  'const { hrtime } = process, took = process.hrtime.bigint()',
  "it('x', { timeout: 20_000 }, () => {})",
  "test.each([1])('x', async () => {}, 60_000)",
  "describe.each(ways)('x', { concurrent: true, timeout: 9000 }, () => {})",
  'vi.waitFor(() => {}, { timeout: 4000, interval: 10 })',
  'expect.poll(() => open, { timeout: 4000 }).toBe(0)',
])('the check knows %s', (source) => {
  expect(faultsOf('a.ts', source)).not.toEqual([])
})

it.each([
  "it('x', { concurrent: true, timeout: testTimeout }, () => {})",
  'http.get({ timeout: 40 }, () => {})',
  'it.each([1, 2])',
])('the check spares %s', (source) => {
  expect(faultsOf('a.ts', source)).toEqual([])
})
