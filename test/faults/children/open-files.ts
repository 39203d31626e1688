// Entry of a process that may open few files: see ../emfile.test.ts.
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AnyPool, engineNamed } from '../engines.ts'
import type { ChildTask } from './messages.ts'
import { Viewer, type Views } from './views.ts'

export interface OpenFilesReport {
  /** Codes of the requests that failed while there were too few file descriptors, and how many did not. */
  readonly codes: readonly string[]
  readonly answered: number
  readonly during: Views
  /** The same requests when there are enough. */
  readonly later: readonly string[]
  readonly after: Views
  readonly closed: Views
  readonly uncaught: readonly string[]
}

const { engine: name, url }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(error.message))
process.on('unhandledRejection', (error) => uncaught.push(`rejection: ${error}`))
process.on('warning', (warning) => uncaught.push(`warning: ${warning}`))

const engine = engineNamed(name)
const viewer = new Viewer(url)
const pool = engine.createPool({ maxConnections: 12, acquireTimeout: '10s' })

async function get(from: AnyPool): Promise<string> {
  try {
    const answer = await engine.start(from, { url })
    return await answer.read()
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const many = () => Promise.all(Array.from({ length: 30 }, () => get(pool)))

// Loads all that a request needs, and leaves nothing open.
const first = engine.createPool({ keepAlive: false })
await get(first)
await first.destroy()
const taken: number[] = []
try {
  for (;;) taken.push(openSync(devNull, 'r'))
} catch {
  // That is all there are. A few are given back, fewer than the requests want.
  for (const file of taken.splice(0, 3)) closeSync(file)
}
const outcomes = await many()
await sleep(50)
// To look takes a file or two itself.
for (const file of taken.splice(0, 3)) closeSync(file)
const during = await viewer.settle(pool)
for (const file of taken) closeSync(file)
const later = await many()
await sleep(50)
const after = await viewer.settle(pool)
await pool.close()
const codes = outcomes.filter((outcome) => outcome !== 'ok')
const report: OpenFilesReport = {
  codes,
  answered: outcomes.length - codes.length,
  during,
  later,
  after,
  closed: await viewer.settle(pool),
  uncaught,
}
console.log(JSON.stringify(report))
