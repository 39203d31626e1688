// Runs every check of the project, to the end, and counts: each test and each further check is one.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npmCommand } from './npm-command.ts'
import { root } from './root.ts'

interface Counts {
  readonly passed: number
  readonly failed: number
  /** Which tests failed and why, a line each. */
  readonly failures: readonly string[]
}

/** What is read of the report that a run of tests writes. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

mkdirSync(new URL('.cache', root), { recursive: true })

/** Checks besides the tests; each is an npm script, with its arguments. */
const checks: readonly (readonly [script: string, ...args: string[]])[] = [
  ['lint'],
  ['typecheck'],
  ['build'],
  ['docs:check'],
  ['docs:build'],
  ['docs:look'],
  ['package:check'],
  ['unused'],
  ['demo'],
  ['matrix', '--corners', '--jobs', '3'],
]

/** Waits more than it works: it runs beside those. */
const soak = ['soak', '--minutes', '2'] as const

const started = performance.now()
const tests = [runTests('test'), runTests('test:long'), runTests('tools')]
const soaking = runBeside(...soak)
const outcomes = checks.map(([name, ...args]) => ({ name, ok: runScript(name, ...args) }))
outcomes.push({ name: soak[0], ok: await soaking })
// Told here once more, since the reports of the runs are far above by now.
for (const { failures } of tests) for (const failure of failures) console.log(failure)
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

/** What it prints comes when all is over: kept in a file, as this process looks at nothing while it waits for another one. */
async function runBeside(name: string, ...args: string[]): Promise<boolean> {
  const file = new URL(`.cache/${name}.log`, root)
  const { command, args: all, shell } = npmCommand(['run', '--silent', name, '--', ...args])
  const log = openSync(file, 'w')
  const child = spawn(command, all, { cwd: root, stdio: ['ignore', log, log], shell })
  const [status] = (await once(child, 'exit')) as [number | null]
  closeSync(log)
  console.log(`\n— npm run ${name}, beside the others\n${readFileSync(file, 'utf8')}`)
  return status === 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Tests, counted from their own report; a run that gives none has failed as a whole. */
function runTests(script: 'test' | 'test:long' | 'tools'): Counts {
  const file = new URL(`.cache/${script.replace(':', '-')}.json`, root)
  rmSync(file, { force: true })
  const ok = runScript(script, '--reporter=dot', '--reporter=json', `--outputFile=${fileURLToPath(file)}`)
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const failed = ok ? report.numFailedTests : Math.max(1, report.numFailedTests)
    return { passed: report.numPassedTests, failed, failures: failuresIn(report) }
  } catch {
    return { passed: 0, failed: 1, failures: [`FAILED ${script}: it wrote no report`] }
  }
}

function failuresIn(report: Report): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(fileURLToPath(root), '')
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (status === 'failed' && failed.length === 0) return [`FAILED ${file}: ${firstLines(message)}`]
    return failed.map((test) => `FAILED ${file}: ${test.fullName}: ${firstLines(test.failureMessages?.[0])}`)
  })
}

function firstLines(message = ''): string {
  return message.replace(/\s+/g, ' ').slice(0, 300)
}
