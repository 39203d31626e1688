import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { root } from '../root.ts'

/** A module of this repository, as its text says. */
export interface Module {
  /** From the root of the repository, with `/`. */
  readonly file: string
  /** Modules of this repository that it imports or exports from, types and dynamic imports included. */
  readonly imports: readonly string[]
  /** What it imports besides: packages, and modules of Node; also those that it takes by `process.getBuiltinModule`. */
  readonly packages: readonly string[]
  /** Those of them that are imported at once, and not as types alone. */
  readonly imported: readonly string[]
  /** The names that it exports and has declared itself. */
  readonly declares: readonly string[]
}

/** Every module below these folders, by file. */
export function readModules(folders: readonly string[]): ReadonlyMap<string, Module> {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: fileURLToPath(root) }))
  return new Map(files.map((file) => file.split(path.sep).join('/')).map((file) => [file, readModule(file)]))
}

function readModule(file: string): Module {
  const text = readFileSync(new URL(file, root), 'utf8')
  const { module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const exported = module.staticExports.flatMap(({ entries }) => entries)
  const foreign = new Set(module.staticImports.flatMap(({ entries }) => entries.map(({ localName }) => localName.value)))
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...exported.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => literalIn(text.slice(start, end))),
  ]
  const isOwn = (specifier: string) => specifier.startsWith('.')
  const taken = [...text.matchAll(/getBuiltinModule\(([^)]+)\)/g)].flatMap(([call]) => call.match(/node:[\w/]+/g) ?? [])
  const values = module.staticImports.filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
  return {
    file,
    imports: unique(specifiers.filter(isOwn).map((specifier) => path.posix.join(path.posix.dirname(file), specifier))),
    packages: unique([...specifiers.filter((specifier) => !isOwn(specifier)), ...taken]),
    imported: unique(values.map(({ moduleRequest }) => moduleRequest.value).filter((specifier) => !isOwn(specifier))),
    declares: unique(
      exported.flatMap(({ moduleRequest, exportName, localName }) =>
        moduleRequest === null && !foreign.has(localName.name ?? '') ? (exportName.name ?? []) : [],
      ),
    ),
  }
}

/** The specifier of a dynamic import; none where it is computed. */
function literalIn(code: string): string[] {
  return /^(['"`])([^'"`$]*)\1$/.exec(code.trim())?.slice(2, 3) ?? []
}

function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)]
}

/** Modules that reach each other by their imports (strongly connected ones, by Tarjan), each group sorted. */
export function circlesIn(modules: ReadonlyMap<string, Module>): string[][] {
  const index = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (file: string): number => {
    const own = index.size
    index.set(file, own)
    open.push(file)
    let low = own
    for (const next of modules.get(file)?.imports ?? []) {
      if (!index.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, index.get(next) ?? low)
    }
    if (low === own) {
      const group = open.splice(open.indexOf(file)).sort()
      if (group.length > 1 || modules.get(file)?.imports.includes(file)) circles.push(group)
    }
    return low
  }
  for (const file of modules.keys()) if (!index.has(file)) visit(file)
  return circles
}
