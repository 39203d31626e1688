import path from 'node:path'
import { PoolConfigError } from 'polypool'
import { didYouMean, formatFile, type ReadPools, type ResolvedPool, readPools } from 'polypool/internal'
import { type Io, Misuse } from '../../io.ts'

/** The project's pools, as `loadPools` would see them; every problem of the file and the environment at once, as Misuse. */
export async function readConfig({ cwd, env }: Io, file?: string): Promise<ReadPools> {
  try {
    return await readPools({ cwd, file: file === undefined ? undefined : path.resolve(cwd, file), env })
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    const { issues } = error
    const message = summary(issues.map((issue) => issue.message))
    // Values of a hostile file can be anything: what can't be written as JSON is left out.
    throw new Misuse(message, { issues: issues.map(({ value, ...issue }) => ({ ...issue, value: plainValue(value) })) })
  }
}

// More than these nobody reads at once; --json has them.
const mostLines = 20

function summary(messages: readonly string[]): string {
  if (messages.length === 1) return String(messages[0])
  const rest = messages.length - mostLines
  const lines =
    rest > 0 ? [...messages.slice(0, mostLines), `and ${rest} more: mend these first, or list them with --json`] : messages
  return `${messages.length} problems:\n${lines.map((line) => `  ${line}`).join('\n')}`
}

/** The pool of that name. Throws Misuse with a suggestion if there is none. */
export function poolNamed(pools: ReadPools['pools'], name: string): ResolvedPool {
  const pool = pools.get(name)
  if (pool !== undefined) return pool
  const names = [...pools.keys()]
  const hint = didYouMean(name, names) ?? `the pools are ${names.join(', ')}`
  throw new Misuse(`there is no pool ${JSON.stringify(name)}: ${hint}`, { pool: name, pools: names })
}

/** A file as messages name it. */
export function fileName(file: string, { cwd }: Io): string {
  return formatFile(file, undefined, cwd)
}

function plainValue(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}
