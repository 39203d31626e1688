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
  /** How long the whole took, and which of its files took longest. */
  readonly times: string
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
    readonly startTime: number
    readonly endTime: number
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
  ['package:check'],
  ['unused'],
  ['demo'],
  ['matrix', '--corners', '--jobs', '4'],
]

/** Waits more than it works: it runs beside those. */
const soak = ['soak', '--minutes', '2'] as const

/** Looks at one page after another: it runs beside what comes after the pages are built. */
const look = { script: 'docs:look', after: 'docs:build' } as const

const started = performance.now()
const tests = [
  // Property tests are in both: the long run draws all that this one would draw a tenth of.
  runTests('test', { TEST_DRAWS: '0' }),
  // The matrix runs the conformance suite on the packed package, with older clients among others: once is enough.
  runTests('test:long', {}, '--exclude=cli/test/conformance/clients/**'),
  runTests('tools', {}),
]
const beside = [runBeside(...soak)]
const outcomes = checks.map(([name, ...args]) => {
  const outcome = runScript(name, {}, ...args)
  if (name === look.after) beside.push(runBeside(look.script))
  return outcome
})
outcomes.push(...(await Promise.all(beside)))
// Told here once more, since the reports of the runs are far above by now.
for (const { failures } of tests) for (const failure of failures) console.log(failure)
for (const { times } of tests) console.log(times)
for (const { name, ok, seconds } of outcomes) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${seconds} s`)
const passed = sum(tests.map((counts) => counts.passed)) + outcomes.filter(({ ok }) => ok).length
const failed = sum(tests.map((counts) => counts.failed)) + outcomes.filter(({ ok }) => !ok).length
console.log(`${secondsSince(started)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

interface Outcome {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

interface Environment {
  readonly [name: string]: string
}

function runScript(name: string, env: Environment, ...args: string[]): Outcome {
  const start = performance.now()
  console.log(`\n— npm run ${name}`)
  const { command, args: all, shell } = npmCommand(['run', '--silent', name, ...(args.length > 0 ? ['--', ...args] : [])])
  const { status } = spawnSync(command, all, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit', shell })
  return { name, ok: status === 0, seconds: secondsSince(start) }
}

/** What it prints comes when all is over: kept in a file, as this process looks at nothing while it waits for another one. */
async function runBeside(name: string, ...args: string[]): Promise<Outcome> {
  const start = performance.now()
  const file = new URL(`.cache/${name}.log`, root)
  const { command, args: all, shell } = npmCommand(['run', '--silent', name, '--', ...args])
  const log = openSync(file, 'w')
  const child = spawn(command, all, { cwd: root, stdio: ['ignore', log, log], shell })
  const [status] = (await once(child, 'exit')) as [number | null]
  closeSync(log)
  console.log(`\n— npm run ${name}, beside the others\n${readFileSync(file, 'utf8')}`)
  return { name, ok: status === 0, seconds: secondsSince(start) }
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 1000)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Tests, counted from their own report; a run that gives none has failed as a whole. */
function runTests(script: 'test' | 'test:long' | 'tools', env: Environment, ...args: string[]): Counts {
  const file = new URL(`.cache/${script.replace(':', '-')}.json`, root)
  rmSync(file, { force: true })
  const { ok, seconds } = runScript(
    script,
    env,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile=${fileURLToPath(file)}`,
    ...args,
  )
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const failed = ok ? report.numFailedTests : Math.max(1, report.numFailedTests)
    const times = `${script}: ${seconds} s, longest ${longestIn(report)}`
    return { passed: report.numPassedTests, failed, failures: failuresIn(report), times }
  } catch {
    return { passed: 0, failed: 1, failures: [`FAILED ${script}: it wrote no report`], times: `${script}: ${seconds} s` }
  }
}

/** What to look at when all takes too long. */
function longestIn({ testResults }: Report): string {
  return testResults
    .map(({ name, startTime, endTime }) => ({ file: name.replace(fileURLToPath(root), ''), ms: endTime - startTime }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 12)
    .map(({ file, ms }) => `${file} ${Math.round(ms / 1000)}`)
    .join(', ')
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
  return message.replace(/\s+/g, ' ').slice(0, 2000)
}
