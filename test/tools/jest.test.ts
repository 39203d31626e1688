import { mkdtempSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, inject } from 'vitest'
import { describeProgram } from './describe-program.ts'
import { formats } from './measuring.ts'
import { type Ended, run } from './run.ts'

const { tools, outside, app } = inject('places')

interface Report {
  readonly testResults: readonly { readonly message: string }[]
}

// In Jest a test file has globals and a registry of modules of its own, and can't load ES modules.
const jest = path.join(tools, 'node_modules/jest/bin/jest.js')

describe.each(['plain', 'babel', 'ts-jest'])('Jest with CommonJS, %s', (kind) => {
  describeProgram({
    clients: ['node-http', 'agentkeepalive', 'axios', 'undici', 'fetch'],
    // An ES module Jest loads itself or, as here, not at all.
    read: formats.filter((format) => format !== 'mjs'),
    // To Node's own fetch an error of Jest's globals is none, so that it makes one of its text.
    wordsOnly: ['fetch'],
    start: async (plan): Promise<Ended> => {
      const folder = mkdtempSync(path.join(outside, 'jest-'))
      const told = path.join(folder, 'told.json')
      const args = ['--config', path.join(tools, 'jest.config.mjs'), '--rootDir', app, '--json']
      const env = { POLYPOOL_JEST: kind, POLYPOOL_PLAN: plan, POLYPOOL_TOLD: told }
      const { code, stdout, stderr } = await run(process.execPath, [jest, ...args], app, env)
      const { testResults } = JSON.parse(stdout) as Report
      const failures = testResults.map(({ message }) => message).join('\n')
      return { code, stdout: read(told), stderr: stderr + failures }
    },
  })
})

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
