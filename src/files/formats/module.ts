import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { show } from '../../config/vocabulary.ts'
import type { Place } from '../places.ts'
import type { Trouble } from '../problems.ts'
import { clip, type Document, SyntaxFault } from './document.ts'

let reloads = 0

/**
 * A JavaScript or TypeScript file, imported; what it exports by default is the config.
 * @param again whether it may have been imported before: modules are cached by their URL, so that it takes another one
 */
export async function importModule(file: string, again: boolean): Promise<Document> {
  const url = pathToFileURL(file)
  if (again) {
    url.searchParams.set('polypool', String(++reloads))
    // A CommonJS file has a cache of its own behind that of modules, by path.
    delete createRequire(import.meta.url).cache[file]
  }
  let module: { readonly default?: unknown }
  try {
    module = await import(url.href)
  } catch (error) {
    const place = placeIn(error, url.href, file)
    throw new SyntaxFault([{ ...explain(error, file, place !== undefined), place }])
  }
  if (module.default === undefined) {
    throw new SyntaxFault([{ problem: 'it has no default export', fix: 'write export default definePools({ pools: { … } })' }])
  }
  return { value: module.default, faults: [] }
}

function explain(error: unknown, file: string, placed: boolean): Trouble {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; message?: unknown }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.m?ts$/.test(file)) {
    const problem = `Node ${process.versions.node} can't read TypeScript`
    return {
      problem,
      fix: 'use Node 22.18 or newer, start with a loader (node --import tsx), or write the file as .mjs, .yaml or .json',
    }
  }
  const text = typeof message === 'string' ? clip(message.split('\n')[0] ?? '') : show(error)
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
function placeIn(error: unknown, url: string, file: string): Place | undefined {
  const stack = String((error as { stack?: unknown } | null)?.stack ?? '')
  for (const name of [url, file]) {
    const start = stack.indexOf(`${name}:`)
    const [, line, column] = start < 0 ? [] : (/^:(\d+)(?::(\d+))?/.exec(stack.slice(start + name.length)) ?? [])
    if (line !== undefined) return { line: Number(line), column: Number(column ?? 1) }
  }
  return undefined
}
