import { plainEntries } from '../config/plain-object.ts'
import { readProcessCount } from '../config/processes.ts'
import type { Origin } from './origin.ts'
import { formatPath } from './paths.ts'
import type { Problems } from './problems.ts'
import { splitProblem } from './settings.ts'
import { defaultPool, type PoolsSource, processesKey } from './source.ts'

export const processesVariable = 'POLYPOOL_PROCESSES'

/** How many processes share the limits of all pools, and who says so. */
export interface Processes {
  readonly count: number
  readonly origin: Origin
}

interface Sources {
  readonly file: PoolsSource | null
  /** What `loadPools({ processes })` says. */
  readonly code: unknown
  readonly env: { readonly [variable: string]: string | undefined }
}

/** Code goes before the environment, the environment before the file. What is wrong in any of them is reported. */
export function readProcesses({ file, code, env }: Sources, problems: Problems): Processes {
  const found = [fromFile(file, problems), fromEnvironment(env[processesVariable], problems), fromCode(code, problems)]
  return found.findLast((processes) => processes !== undefined) ?? { count: 1, origin: { from: 'default' } }
}

function fromFile(file: PoolsSource | null, problems: Problems): Processes | undefined {
  const value = plainEntries(file?.value)?.find(([key]) => key === processesKey)?.[1]
  if (file === null || value === undefined) return undefined
  const at = [processesKey]
  const read = readProcessCount(value)
  if ('count' in read) return { count: read.count, origin: file.origin(at, defaultPool) }
  problems.add(file.author(at, 'value'), { ...splitProblem(read.problem), path: formatPath([...file.root, ...at]), value })
  return undefined
}

function fromEnvironment(text: string | undefined, problems: Problems): Processes | undefined {
  if (text === undefined) return undefined
  const author = { variable: processesVariable }
  const trimmed = text.trim()
  const read = readProcessCount(/^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed)
  if ('count' in read) return { count: read.count, origin: { from: 'env', pool: defaultPool, ...author } }
  const empty = { problem: 'it is set but empty', fix: 'give it a value, or unset it' }
  problems.add(author, { ...(trimmed === '' ? empty : splitProblem(read.problem)), value: text })
  return undefined
}

function fromCode(value: unknown, problems: Problems): Processes | undefined {
  if (value === undefined) return undefined
  const read = readProcessCount(value)
  if ('count' in read) return { count: read.count, origin: { from: 'code', pool: defaultPool } }
  problems.add({ code: 'loadPools({ processes })' }, { ...splitProblem(read.problem), path: processesKey, value })
  return undefined
}
