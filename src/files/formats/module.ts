// By its name alone webpack would look into createRequire, and warn of what it can't find.
import nodeModule from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Position } from '../../text/positions.ts'
import { show } from '../../text/show.ts'
import type { Trouble } from '../problems.ts'
import { type Document, SyntaxFault, wordsOf } from './document.ts'

const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')

let reloads = 0

interface Imported {
  readonly default?: unknown
}

/**
 * A JavaScript or TypeScript file, imported; what it exports by default is the config.
 * @param text what it holds
 * @param again whether it may have been imported before: modules are cached by their URL, so that it takes another one
 */
export async function importModule(file: string, text: string, again: boolean): Promise<Document> {
  // Node keeps where a link leads for as long as it runs, and the links of a ConfigMap are swapped.
  const real = await process
    .getBuiltinModule('node:fs/promises')
    .realpath(file)
    .catch(() => file)
  const url = pathToFileURL(real)
  if (again) {
    url.searchParams.set('polypool', String(++reloads))
    // A CommonJS file has a cache of its own behind that of modules, by path.
    delete nodeModule.createRequire(real).cache[real]
  }
  let module: Imported
  try {
    module = await importEither(url, text)
  } catch (error) {
    const place = placeIn(error, [url.href, file, pathToFileURL(real).href, real])
    throw new SyntaxFault([{ ...explain(error, file, place !== undefined), place }])
  }
  if (module.default === undefined) {
    throw new SyntaxFault([{ problem: 'it has no default export', fix: 'write export default definePools({ pools: { … } })' }])
  }
  return { value: compiledDefault(module.default), faults: [] }
}

/** An ES module also where the package says that its files are CommonJS: TypeScript that is compiled to CommonJS is written as one. */
async function importEither(url: URL, text: string): Promise<Imported> {
  const format = { '.js': 'module', '.ts': 'module-typescript' }[path.extname(url.pathname)]
  if (format === undefined || !isOfCommonJs(url)) return imported(url)
  const isModule = moduleSyntax.test(text) && !commonSyntax.test(text)
  try {
    return await (isModule ? importAs(format, url) : imported(url))
  } catch (error) {
    // A comment, or a line with more than one statement, may look like the other kind.
    if (!(isModule ? isCommonSyntax(error) : isModuleSyntax(error))) throw error
    // What has failed under an address fails there for good.
    const again = new URL(url)
    again.searchParams.set('polypool', String(++reloads))
    return isModule ? imported(again) : importAs(format, again)
  }
}

async function importAs(format: string, url: URL): Promise<Imported> {
  // Absent before Node 22.15.
  const hooks = nodeModule.registerHooks?.({
    load: (address, context, next) => next(address, address === url.href ? { ...context, format } : context),
  })
  try {
    return await imported(url)
  } finally {
    hooks?.deregister()
  }
}

/** No bundler may look for the file: it is there when the program runs. */
async function imported(url: URL): Promise<Imported> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ url.href)
  } catch (error) {
    // Within `node:vm` without `--experimental-vm-modules`, as Jest runs CommonJS, nothing can be imported.
    if ((error as { code?: unknown } | null)?.code !== 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG') throw error
    const file = fileURLToPath(url)
    return { default: nodeModule.createRequire(file)(file) as unknown }
  }
}

const moduleSyntax = /^[ \t]*(?:import[\s"'{*]|export\s)/m
const commonSyntax = /\bmodule\.exports\b|\bexports\.\w/

/** Whether the package of a file says that it is CommonJS. */
export function isOfCommonJs(url: URL): boolean {
  try {
    const file = nearestPackage(fileURLToPath(url))
    return file !== undefined && JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')).type === 'commonjs'
  } catch {
    return false
  }
}

/** As `findPackageJSON` of Node 22.14. */
function nearestPackage(file: string): string | undefined {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const found = path.join(directory, 'package.json')
    if (existsSync(found)) return found
    if (directory === path.dirname(directory)) return undefined
  }
}

function isModuleSyntax(error: unknown): boolean {
  return (
    error instanceof SyntaxError &&
    /Cannot use import statement|Unexpected token 'export'|top level bodies of modules/.test(error.message)
  )
}

function isCommonSyntax(error: unknown): boolean {
  return error instanceof ReferenceError && /\b(?:module|exports|require) is not defined in ES module scope/.test(error.message)
}

/** What tsc makes of `export default` in CommonJS is a property of what the file exports. */
function compiledDefault(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null) return exported
  try {
    return Object.hasOwn(exported, 'default') && !Object.hasOwn(exported, 'pools')
      ? (exported as { readonly default: unknown }).default
      : exported
  } catch {
    return exported
  }
}

function explain(error: unknown, file: string, placed: boolean): Trouble {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; message?: unknown }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file)) {
    const problem = `Node ${process.versions.node} can't read TypeScript`
    return {
      problem,
      fix: 'use Node 22.18 or newer, start with a loader (node --import tsx), or write the file as .mjs, .yaml or .json',
    }
  }
  const text = typeof message === 'string' ? wordsOf(message.split('\n')[0] ?? '') : show(error)
  if (isModuleSyntax(error)) {
    const fix = `name it ${path.basename(file).replace(/\.c?([jt]s)$/, '.m$1')}, or write module.exports = …`
    return { problem: 'it is an ES module, and Node takes it for CommonJS', fix }
  }
  if (isCommonSyntax(error)) {
    const fix = `write export default …, or name it ${path.basename(file).replace(/\.m?([jt]s)$/, '.c$1')}`
    return { problem: 'it is CommonJS, and Node takes it for an ES module', fix }
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return { problem: text, fix: 'Node only strips types: leave out enum, namespace and the like' }
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return { problem: text.replace(/ imported from .*/, ''), fix: 'install it, or mend the path of the import' }
  }
  return {
    problem: `importing it failed with ${text || 'no message'}`,
    fix: placed ? 'mend the file' : 'run the file itself with node to see where',
  }
}

/** An error that the file threw has it among the frames of its stack; where a syntax error is, V8 tells only the terminal. */
function placeIn(error: unknown, names: readonly string[]): Position | undefined {
  const stack = String((error as { stack?: unknown } | null)?.stack ?? '')
  for (const name of names) {
    const start = stack.indexOf(`${name}:`)
    const [, line, column] = start < 0 ? [] : (/^:(\d+)(?::(\d+))?/.exec(stack.slice(start + name.length)) ?? [])
    if (line !== undefined) return { line: Number(line), column: Number(column ?? 1) }
  }
  return undefined
}
