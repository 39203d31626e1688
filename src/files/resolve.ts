import { fieldNames, hostFieldNames } from '../config/fields.ts'
import { parsePoolConfig } from '../config/parse.ts'
import type { Note, PoolConfig, ResolvedPoolConfig } from '../config/types.ts'
import { readEnvironment } from './env.ts'
import { chainsOf } from './extends.ts'
import { notesOf, type PoolFleet, readFleets } from './fleets.ts'
import { formatPath, type Path } from './paths.ts'
import type { Problems } from './problems.ts'
import { type Processes, readProcesses } from './processes.ts'
import { configFrom, type FieldTrouble, readFields, type SetField, type Settings } from './settings.ts'
import { type SharedOut, Shares } from './shares.ts'
import { type Declaration, defaultPool, type PoolsSource, readDeclarations } from './source.ts'
import { type Variables, withVariables } from './variables.ts'

/** One pool with everything it sets and inherits. */
export interface ResolvedPool {
  readonly name: string
  /** The pools that it inherits from, the nearest first. */
  readonly extends: readonly string[]
  readonly config: ResolvedPoolConfig
  /** Only what was set, by whomever; of limits that `processes` divides, this process's share. */
  readonly explicit: PoolConfig
  /** The same with the limits of all processes together. */
  readonly whole: PoolConfig
  readonly settings: ReadonlyMap<string, SetField>
  readonly notes: readonly Note[]
  readonly fleet: PoolFleet | undefined
}

// A hundred pools of a hundred hosts with ten fields each; what many pools inherit counts for each.
const mostValues = 100_000

/**
 * Puts the layers together. Within a pool code goes before environment before file; what a pool does not set it takes from the
 * pool that it extends, in which the same order has been kept.
 *
 * @param file null if there is none
 * @param processes what code says of their number
 */
export function resolvePools(
  {
    file,
    code,
    env,
    processes: inCode,
  }: {
    file: PoolsSource | null
    code: PoolsSource | null
    env: { readonly [variable: string]: string | undefined }
    processes?: unknown
  },
  problems: Problems,
): { readonly processes: Processes; readonly pools: Map<string, ResolvedPool> } {
  const processes = readProcesses({ file, code: inCode, env }, problems)
  const sources = [file, code].filter((source) => source !== null)
  const declared = sources.map((source) => ({ source, pools: readDeclarations(source, problems) }))
  const names = [...new Set([defaultPool, ...declared.flatMap(({ pools }) => [...pools.keys()])])]
  const chains = chainsOf(new Map(names.map((name) => [name, parentOf(name)?.parent])), (pool, trouble) => {
    const { source } = parentOf(pool) ?? {}
    const path = ['pools', pool, 'extends']
    if (source) {
      problems.add(source.author(path, 'value'), () => ({ ...trouble(), path: formatPath([...source.root, ...path]) }))
    }
  })
  const environment = readEnvironment(env, names, problems)
  // Code goes before the file.
  const fleets = new Map(declared.flatMap(({ source, pools }) => [...readFleets(source, pools, problems)]))
  const [ofFile, ofCode] = [file, code].map((source) => {
    const pools = declared.find((one) => one.source === source)?.pools
    // Code has its own ways to a variable.
    const variables = source === file ? env : null
    return new Map(
      source && pools
        ? [...pools].map(([name, declaration]) => [name, layerOf(source, name, declaration, variables, problems)] as const)
        : [],
    )
  })
  problems.throwIfAny()

  const layers = (name: string) => [ofFile, environment, ofCode].flatMap((layer) => layer?.get(name) ?? [])
  const sizes = new Map(names.map((name) => [name, layers(name).reduce((sum, { size }) => sum + size, 0)]))
  const all = names.flatMap((name) => [name, ...(chains.get(name) ?? [])]).reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  if (all > mostValues && file !== null) {
    const problem = `the pools have ${all} values in all, inherited ones included`
    problems.add(file.author(['pools'], 'key'), { problem, fix: 'give hosts only to the pools that need them' })
    problems.fail()
  }
  const shares = new Shares(processes.count, problems)
  const merged = names.map((name) => ({
    name,
    chain: chains.get(name) ?? [],
    whole: mergedOf(name, chains.get(name) ?? [], layers),
  }))
  const shared = merged.map((pool) => ({ ...pool, ...shares.of(pool.whole) }))
  problems.throwIfAny()
  return { processes, pools: new Map(shared.map((pool) => [pool.name, assemble(pool, fleets.get(pool.name))])) }

  /** Code goes before the file here, too. */
  function parentOf(name: string) {
    for (const { source, pools } of declared.toReversed()) {
      const parent = pools.get(name)?.extends
      if (parent !== undefined) return { source, parent }
    }
    return undefined
  }
}

function layerOf(
  source: PoolsSource,
  pool: string,
  { fields }: Declaration,
  variables: Variables | null,
  problems: Problems,
): Settings {
  const report = ({ at, problem, fix, value }: FieldTrouble) => {
    const more = /^and (\d+) more/.exec(problem)
    if (more) return problems.omit(Number(more[1]))
    const path = ['pools', pool, ...at]
    const part = isField(at) ? 'value' : 'key'
    problems.add(source.author(path, part), { path: formatPath([...source.root, ...path]), problem, fix, value })
  }
  const filled = variables === null ? fields : withVariables(fields, variables, report)
  return readFields(filled, (path) => source.origin(['pools', pool, ...path], pool), report)
}

/** Whether these keys lead to a field: if not, it is the key that is wrong. */
function isField([field, host, ofHost]: Path): boolean {
  const [names, name] = host === undefined ? [fieldNames, field] : [hostFieldNames, ofHost]
  return (names as readonly (string | undefined)[]).includes(name)
}

/** What a pool sets and inherits, by path. */
function mergedOf(name: string, chain: readonly string[], layers: (name: string) => readonly Settings[]): Settings {
  const settings: Settings = new Map()
  for (const pool of [...chain].reverse().concat(name)) {
    for (const layer of layers(pool)) for (const [path, setting] of layer) settings.set(path, setting)
  }
  return settings
}

interface Merged extends SharedOut {
  readonly name: string
  readonly chain: readonly string[]
  readonly whole: Settings
}

function assemble({ name, chain, whole, settings, notes: remainders }: Merged, fleet: PoolFleet | undefined): ResolvedPool {
  const explicit = configFrom(settings)
  const { config, notes } = parsePoolConfig(explicit)
  return {
    name,
    extends: chain,
    config,
    explicit,
    whole: whole === settings ? explicit : configFrom(whole),
    settings,
    notes: [...remainders, ...notes, ...notesOf(fleet, config.maxConnections)],
    fleet,
  }
}
