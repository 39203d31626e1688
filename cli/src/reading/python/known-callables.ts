import type { Callable, DialectName } from 'polypool/dialects'
import { dialectNames, dialectOf } from './dialects.ts'

/** A class or a function of a library, and whose it is. */
export interface KnownCallable extends Callable {
  readonly dialect: DialectName
}

/** By library and name, such as `httpx.Limits`. */
export const knownCallables: ReadonlyMap<string, KnownCallable> = new Map(
  dialectNames.flatMap((dialect) =>
    Object.entries(dialectOf(dialect).callables.names).map(([name, one]) => [`${dialect}.${name}`, { ...one, dialect }] as const),
  ),
)

const constants: ReadonlyMap<string, string | number> = new Map(
  dialectNames.flatMap((dialect) =>
    Object.entries(dialectOf(dialect).callables.constants ?? {}).map(([name, value]) => [`${dialect}.${name}`, value] as const),
  ),
)

/** What a dotted name such as `pycurl.PIPE_MULTIPLEX` stands for; undefined if no library has such a constant. */
export function constantAt(path: readonly string[]): string | number | undefined {
  return constants.get(path.join('.'))
}

/** The settings of what stands for a whole pool of a library, such as a connector: groups, and settings by themselves. */
export function partsOf(dialect: DialectName): readonly string[] {
  const parts = Object.values(dialectOf(dialect).callables.names).filter(({ part }) => part === '')
  return [...new Set(parts.flatMap(({ takes }) => Object.values(takes).map((path) => path.replace(/\.\*$/, ''))))]
}

const distinctive: ReadonlyMap<string, string> = new Map(
  [...knownCallables].flatMap(([key, one]) => (one.distinctive ? [[key.slice(key.indexOf('.') + 1), key] as const] : [])),
)

/** The modules that a library is imported from, each as its steps; the longest first. */
const roots = dialectNames
  .flatMap((dialect) =>
    [dialect, ...(dialectOf(dialect).callables.aliases ?? [])].map((module) => ({ dialect, steps: module.split('.') })),
  )
  .sort((a, b) => b.steps.length - a.steps.length)

/** The library that a dotted name begins with. */
export function libraryOf(path: readonly string[]): DialectName | undefined {
  return roots.find(({ steps }) => steps.every((step, index) => path[index] === step))?.dialect
}

/** The key of what a dotted name such as `requests.adapters.HTTPAdapter` leads to; modules between library and name do not count. */
export function callableKey(path: readonly string[]): string | undefined {
  const root = roots.find(({ steps }) => steps.every((step, index) => path[index] === step))
  const rest = path.slice(root?.steps.length)
  const name = rest.at(-1)
  if (root === undefined || name === undefined || !rest.slice(0, -1).every((part) => /^[a-z_]/.test(part))) return undefined
  const key = `${root.dialect}.${name}`
  return knownCallables.has(key) ? key : undefined
}

/** The key of a bare name that only one library has. */
export function distinctiveKey(name: string): string | undefined {
  return distinctive.get(name)
}

/** Whether a text names a library, or a class that fragments use without one: else there is nothing to find in it. */
export function mentionsLibrary(text: string): boolean {
  return mention.test(text)
}

const modules = [...new Set(roots.map(({ steps }) => steps[0] ?? ''))].join('|')

/** An import, something of the module by its name, or a class that is known without one. */
const mention = new RegExp(
  `\\b(?:import|from)\\b[^\\n]{0,500}?\\b(?:${modules})\\b|(?<![\\w.])(?:${modules})\\s{0,3}\\.\\s{0,3}[A-Za-z_]|\\b(?:${[...distinctive.keys()].join('|')})\\b`,
)
