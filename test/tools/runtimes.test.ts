import path from 'node:path'
import { describe, inject } from 'vitest'
import { clients } from './clients.ts'
import { describeProgram } from './describe-program.ts'
import { run } from './run.ts'

const { tools, app } = inject('places')
const bin = (name: string) => path.join(tools, 'node_modules/.bin', name)

/** Each with the clients that it replaces by something of its own, which asks no pool. */
const runtimes = [
  { name: 'Node', start: [process.execPath], refused: [] },
  { name: 'Bun', start: [bin('bun')], refused: ['node-fetch', 'undici', 'fetch'] },
  { name: 'Deno', start: [bin('deno'), 'run', '--quiet', '--allow-all'], refused: ['fetch'] },
]

describe.each(runtimes)('$name', ({ start: [program = '', ...args], refused }) => {
  describe.each(['main.mjs', 'main.cjs'])('runs %s', (entry) => {
    describeProgram({
      clients,
      refused,
      start: (plan) => run(program, [...args, path.join('programs', entry), plan], app),
    })
  })
})
