import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Pool } from '../adapter.ts'
import type { FleetConfig } from '../config/fleet.ts'
import type { PoolsConfig } from './define.ts'
import { candidatesFrom, findConfigFile, packageFile, packageKey, shadowedBy } from './discover.ts'
import type { Document } from './formats/document.ts'
import { parseFile } from './parse-file.ts'
import type { Path } from './paths.ts'
import { Problems, refuseFile } from './problems.ts'
import type { Processes } from './processes.ts'
import { readText } from './read-text.ts'
import { type ResolvedPool, resolvePools } from './resolve.ts'
import type { PoolsSource } from './source.ts'
import { stampOf } from './watch.ts'

export interface ReadPoolsOptions {
  /** Where the search for a config file starts. Default: the working directory. */
  cwd?: string | undefined
  /** This config file; nothing is searched. */
  file?: string | URL | undefined
  /** Where overrides such as `POLYPOOL_MAX_CONNECTIONS` are looked up, or false for nowhere. Default: `process.env`. */
  env?: { readonly [variable: string]: string | undefined } | false | undefined
  /** What code sets: it goes before environment and file, pool by pool and field by field. */
  pools?: PoolsConfig['pools'] | undefined
  /**
   * How many processes share the limits, those of a rolling update included: what servers and proxies count is divided by it, whoever set it.
   * It goes before `POLYPOOL_PROCESSES` and the file's `processes`. Default 1.
   */
  processes?: number | undefined
}

export interface LoadPoolsOptions extends ReadPoolsOptions {
  /** Re-read the config file when it changes and reconfigure the running pools that changed. Default false. */
  watch?: boolean | undefined
  /**
   * Has a pool with a `fleet` join it when it is opened; without this it can't be:
   * `(pool, config) => joinFleet(pool, { ...config, store })`. Reading such a file does not need it.
   */
  fleet?: JoinFleet | undefined
}

/** How pools join fleets: `joinFleet` of `polypool/fleet`, with a store. */
export type JoinFleet = (pool: Pool<unknown>, config: FleetConfig & { readonly name: string }) => unknown

/** The outcome of all sources, checked. */
export interface ReadPools {
  /** Absolute path of the config file, or null if none was found. */
  readonly file: string | null
  /** Of the files to watch, from before they were read. */
  readonly stamp: string
  /** Other config files beside it, which are not read. */
  readonly shadowed: readonly string[]
  readonly processes: Processes
  readonly pools: ReadonlyMap<string, ResolvedPool>
}

/**
 * Finds and reads the config file, and puts code, environment, file and defaults together.
 * Throws one PoolConfigError with everything that is wrong, each issue with its file, line and column or its variable.
 *
 * @param again whether it is a reload
 */
export async function readPools(options: ReadPoolsOptions = {}, again = false): Promise<ReadPools> {
  const base = path.resolve(options.cwd ?? '.')
  const file = options.file === undefined ? await findConfigFile(base) : path.resolve(base, pathOf(options.file, base))
  const problems = new Problems(base)
  const stamp = stampOf(watchedFiles(file, base))
  const fromFile = file === null ? null : await readSource(file, base, problems, again)
  const code = options.pools === undefined ? null : codeSource(options.pools)
  const env = options.env === false ? {} : (options.env ?? process.env)
  const { processes, pools } = resolvePools({ file: fromFile, code, env, processes: options.processes }, problems)
  return { file, stamp, shadowed: file === null || options.file !== undefined ? [] : shadowedBy(file), processes, pools }
}

/** The files whose change can make a reload find something else: without a file all that would be found if they were there. */
export function watchedFiles(file: string | null, base: string): readonly string[] {
  return file === null ? candidatesFrom(base) : [file]
}

async function readSource(file: string, base: string, problems: Problems, again: boolean): Promise<PoolsSource> {
  const document = await parseFile(file, await readText(file, base), base, again)
  for (const { place, ...trouble } of document.faults) problems.add({ file, place }, trouble)
  const root = path.basename(file) === packageFile ? [packageKey] : []
  return fileSource(file, base, document, root)
}

function fileSource(file: string, base: string, { value, places }: Document, root: Path): PoolsSource {
  const inner = root.length === 0 ? value : (value as { [packageKey]?: unknown } | null)?.[packageKey]
  if (root.length > 0 && inner === undefined) {
    return refuseFile(file, base, { problem: `it has no key "${packageKey}"`, fix: `write "${packageKey}": { "pools": { … } }` })
  }
  return {
    value: inner,
    root,
    author: (at, part) => ({ file, place: places?.find([...root, ...at], part) }),
    origin: (at, pool) => ({ from: 'file', pool, file, ...places?.find([...root, ...at], 'value') }),
  }
}

function codeSource(pools: unknown): PoolsSource {
  return {
    value: { pools },
    root: [],
    author: () => ({ code: 'loadPools({ pools })' }),
    origin: (_, pool) => ({ from: 'code', pool }),
  }
}

function pathOf(file: string | URL, base: string): string {
  if (!(file instanceof URL) && !file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return refuseFile(String(file), base, {
      problem: 'it is no URL of a file on this machine',
      fix: 'write file:///path/to/it, or a path',
    })
  }
}
