import { spawnSync } from 'node:child_process'
import { parser } from '@lezer/python'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PoolConfig } from '../../src/config/types.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { anyConfig } from './arbitraries.ts'
import { codes, example } from './codes.ts'

const all = Object.values<Dialect>(dialects)

/** What the parser could not make sense of. */
function errorsIn(code: string): string[] {
  const errors: string[] = []
  parser.parse(code).iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(code.slice(Math.max(0, node.from - 20), node.to + 20))
    },
  })
  return errors
}

test('the parser would see an error', () => {
  expect(errorsIn('limits = httpx.Limits(max_connections=)')).not.toEqual([])
})

test.each(all)('$name: the code is Python, in lines that formatters leave alone', ({ write }) => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { code } = write(config)
      expect(errorsIn(code)).toEqual([])
      expect(code).not.toMatch(/undefined|null|NaN|Infinity|\[object|\.0\b/)
      expect(code.split('\n').filter((line) => line.length > 88 || line.endsWith(' '))).toEqual([])
      expect(code.endsWith('\n') && !code.endsWith('\n\n')).toBe(true)
    }),
  )
})

const samples: readonly PoolConfig[] = fc.sample(anyConfig, { numRuns: 20, seed: 4 })
const hasPython = spawnSync('python3', ['--version']).status === 0

/** What Python itself says of each code; where there is no interpreter, what the parser says. */
function complaints(codes: readonly string[]): string {
  if (!hasPython) return codes.flatMap(errorsIn).join('\n')
  const program = "import json, sys\nfor code in json.load(sys.stdin): compile(code, 'code.py', 'exec')"
  return spawnSync('python3', ['-c', program], { input: JSON.stringify(codes), encoding: 'utf8' }).stderr
}

test('a compiler would see an error', () => {
  expect(complaints(['x = 1\n', 'def new_handle(:\n'])).not.toBe('')
})

test.each(all)('$name: the code compiles', ({ write }) => {
  expect(complaints([{}, ...samples].map((config) => write(config).code))).toBe('')
})

test.each(Object.entries(codes))('%s: what a Python developer would write', (name, code) => {
  const dialect: Dialect = dialects[name as keyof typeof dialects]
  expect(dialect.write(example).code).toBe(code)
})
