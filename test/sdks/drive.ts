// Runs one module of a recipe, given as a URL, in a process of its own, and tells what it saw: see recipe.ts.
import { setImmediate as turn } from 'node:timers/promises'

interface Stats {
  readonly active: number
  readonly pending: number
  readonly created: number
}

/** What the modules export that recipe.ts makes. */
interface Module {
  readonly pool: { stats(): Stats; close(): Promise<void> }
  readonly send: () => Promise<unknown>
  /** Shows the trap by other means than a burst. */
  readonly prove?: () => Promise<unknown>
  /** Called when all is done. */
  readonly end?: () => unknown
}

const [url = '', burst = ''] = process.argv.slice(2)
const { pool, send, prove, end } = (await import(url)) as Module

let released = false
process.on('message', () => {
  released = true
})
const tell = (message: object) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

if (prove !== undefined) await tell({ proved: (await prove()) ?? null })
else {
  const sent = Promise.all(Array.from({ length: Number(burst) }, () => send()))
  while (!released && pool.stats().active + pool.stats().pending < Number(burst)) await turn()
  await tell({ allInPool: true })
  await sent
  await tell({ stats: pool.stats() })
}
await pool.close()
if (end !== undefined) await end()
// From here on the process ends by itself, if nothing is left open.
process.disconnect?.()
