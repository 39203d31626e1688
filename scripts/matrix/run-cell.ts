import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Cell, titleOf } from './cells.ts'
import { standsOnLoaded } from './clients.ts'
import type { Failure, Outcome } from './results.ts'

/** Where a cell runs. */
export interface Place {
  /** Node's binary. */
  readonly node: URL
  /** With polypool and the client installed. */
  readonly folder: URL
}

interface Finished {
  readonly stdout: string
  readonly stderr: string
  /** Null if it had to be ended. */
  readonly code: number | null
}

/** A driver's suite takes some 15 s, or a few minutes if every scenario hangs. */
const limitMs = 15 * 60_000

const none = { passed: 0, absent: 0, failed: 0 }

export function runCell(cell: Cell, place: Place): Promise<Outcome> {
  return cell.kind === 'suite' ? runSuite(cell, place) : runRefusal(cell, place)
}

async function runSuite({ client }: Cell, place: Place): Promise<Outcome> {
  const drivers = client.drivers.flatMap((driver) => ['--client', driver])
  const finished = await run(place, ['node_modules/@polypool/cli/dist/conformance/main.js', '--json', ...drivers])
  return outcomeOf(finished)
}

interface Line {
  readonly client: string
  readonly scenario: string
  readonly status: 'passed' | 'absent' | 'failed'
  readonly error?: string
}

/** Of a suite's own lines. One that did not come to its end has failed, whatever it had found until then. */
export function outcomeOf({ stdout, stderr, code }: Finished): Outcome {
  const documents = stdout
    .split('\n')
    // The last part is empty, or a line that was never finished.
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line | Outcome['counts'])
  const lines = documents.filter((document): document is Line => 'scenario' in document)
  const reported = documents.find((document): document is Outcome['counts'] => 'passed' in document)
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length
  const counts = { passed: count('passed'), absent: count('absent'), failed: count('failed') }
  const failures: Failure[] = lines
    .filter(({ status }) => status === 'failed')
    .map(({ client, scenario, error = '' }) => ({ scenario: `${client} ${scenario}`, error }))
  if (reported === undefined || lines.length === 0) {
    const ending = code === null ? `was ended after ${limitMs / 60_000} minutes` : `ended with code ${code}`
    failures.push({ scenario: `the suite ${ending} before its end`, error: firstLines(stderr) })
  }
  return { status: failures.length > 0 ? 'failed' : 'passed', counts, failures }
}

/** What importing the client gives, and what importing its adapter or then `createPool`. */
interface Attempt {
  readonly imported: string | null
  readonly pool: { readonly code?: string; readonly message: string } | null
}

const attempt = `
  const [adapter, client] = process.argv.slice(1)
  const result = { imported: null, pool: null }
  try { (await import('polypool/' + adapter)).createPool({}).destroy() } catch ({ code, message }) { result.pool = { code, message } }
  try { await import(client) } catch ({ message }) { result.imported = message }
  console.log(JSON.stringify(result))
  // Node 20 raises an error of a CommonJS module that is imported once more, after it was caught.
  process.exit()
`

async function runRefusal(cell: Cell, place: Place): Promise<Outcome> {
  const { client } = cell
  const args = ['--input-type=module', '-e', attempt, client.name, client.peer?.name ?? client.name]
  const { stdout, stderr, code } = await run(place, args)
  return code === 0
    ? refusalOf(cell, JSON.parse(stdout) as Attempt)
    : failed(cell, `ended with code ${code}: ${firstLines(stderr)}`)
}

/**
 * Where polypool imports the package, `createPool` must say what to install; if importing fails, polypool has no say, and the error must name the
 * package or be the one of the client itself. Elsewhere only the client itself can refuse.
 */
export function refusalOf(cell: Cell, { imported, pool }: Attempt): Outcome {
  const { client, kind } = cell
  const own = imported === null ? 'nothing refuses it: npm warns when it is installed' : `the client itself: ${imported}`
  if (!standsOnLoaded(client)) return refused(own)
  if (pool === null) return failed(cell, 'createPool made a pool')
  const { code, message } = pool
  const name = client.peer?.name ?? client.name
  const told = code === 'ERR_POOL_UNSUPPORTED' && message.includes(`npm install ${name}@`)
  const named = kind === 'missing' && code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
  if (told) return refused(message)
  if (named) return refused(message.replace(/ imported from .*/, ''))
  return message === imported ? refused(own) : failed(cell, `createPool threw ${code ?? ''} ${message}`)
}

function refused(refusal: string): Outcome {
  return { status: 'refused', counts: none, failures: [], refusal }
}

function failed(cell: Cell, error: string): Outcome {
  return { status: 'failed', counts: none, failures: [{ scenario: `${titleOf(cell)} is refused on Node ${cell.node}`, error }] }
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 5).join('\n')
}

function run({ node, folder }: Place, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(fileURLToPath(node), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part))
    child.on('error', reject)
    child.on('close', (code) => resolve({ stdout, stderr, code }))
  })
}
