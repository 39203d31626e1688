// Runs every check of the project, to the end, and counts: each test and each further check is one.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { npmCommand } from './npm-command.ts'
import { root } from './root.ts'

interface Counts {
  readonly passed: number
  readonly failed: number
}

mkdirSync(new URL('.cache', root), { recursive: true })

/** Checks besides the tests; each is an npm script, with its arguments. */
const checks: readonly (readonly [script: string, ...args: string[]])[] = [
  ['lint'],
  ['typecheck'],
  ['build'],
  ['docs:check'],
  ['package:check'],
  ['unused'],
  ['demo'],
  ['soak', '--minutes', '2'],
  ['matrix', '--corners', '--jobs', '2'],
]

const started = performance.now()
const tests = [runTests('test'), runTests('test:long'), runTests('tools')]
const outcomes = checks.map(([name, ...args]) => ({ name, ok: runScript(name, ...args) }))
for (const { name, ok } of outcomes) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
const passed = sum(tests.map((counts) => counts.passed)) + outcomes.filter(({ ok }) => ok).length
const failed = sum(tests.map((counts) => counts.failed)) + outcomes.filter(({ ok }) => !ok).length
console.log(`${Math.round((performance.now() - started) / 1000)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runScript(name: string, ...args: string[]): boolean {
  const start = performance.now()
  console.log(`\n— npm run ${name}`)
  const { command, args: all, shell } = npmCommand(['run', '--silent', name, ...(args.length > 0 ? ['--', ...args] : [])])
  const { status } = spawnSync(command, all, { cwd: root, stdio: 'inherit', shell })
  console.log(`— ${name}: ${Math.round((performance.now() - start) / 1000)} s`)
  return status === 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Tests, counted from their own report; a run that gives none has failed as a whole. */
function runTests(script: 'test' | 'test:long' | 'tools'): Counts {
  const report = `.cache/${script.replace(':', '-')}.json`
  rmSync(new URL(report, root), { force: true })
  const ok = runScript(script, '--reporter=dot', '--reporter=json', `--outputFile=${report}`)
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(new URL(report, root), 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
    }
    return { passed: numPassedTests, failed: ok ? numFailedTests : Math.max(1, numFailedTests) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
