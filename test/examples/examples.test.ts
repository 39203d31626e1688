import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { polypool } from '../../cli/test/command.ts'
import { root } from '../../scripts/root.ts'
import { fences } from '../docs/pages.ts'
import { examples, linesOf } from './run.ts'

/** These need more, and have tests of their own: metrics.test.ts, fleet.test.ts, and test/observe/sigterm.test.ts. */
const others = ['metrics', 'fleet', 'shutdown']

describe.each(examples.filter(({ name }) => !others.includes(name)))('examples/$name', (example) => {
  it('runs by the two commands of its README, and shows what that says', async () => {
    const lines = await linesOf(example)
    expect(lines).toEqual(example.seen.map((pattern) => expect.stringMatching(pattern)))
  })
})

it.each(examples)('the program that examples/$name is run by is there', ({ args: [script = ''] }) => {
  expect(existsSync(new URL(script, root))).toBe(true)
})

it('the config of the service from Python is what the command of its README prints', async () => {
  const { readme } = examples.find(({ name }) => name === 'from-python') ?? { readme: '' }
  const [command = ''] = fences(readme, 'sh')
  const [, args = ''] = /^npx @polypool\/cli (.+)\n$/.exec(command) ?? []
  const { code, stdout } = await polypool(args.split(' '))
  expect(code).toBe(0)
  expect(readFileSync(new URL('examples/from-python/polypool.config.yaml', root), 'utf8')).toBe(stdout)
})
