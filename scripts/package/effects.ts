import { readdirSync, readFileSync } from 'node:fs'
import { chunkOf } from './chunks.ts'
import { distName } from './entries.mjs'

/**
 * Modules that remember, when they are evaluated, the platform's `fetch`, whatever replaces it later, and what importing undici replaces. The
 * build makes a file of each, so that they are evaluated where their importers import them.
 */
export const ordered = [
  './src/engines/undici-dispatcher/platform-fetch.ts',
  './src/clients/undici/dispatcher-as-found.ts',
  './src/clients/undici/module.ts',
]

/** What the build calls the files that do something when they are evaluated: those, and the one with the module that remembers Node's timers. */
const effectful = [...ordered.map(distName), chunkOf('src/pool/real-timers.ts')]

/**
 * What `sideEffects` of a package.json names: those files of the build, and all that lead to them. Bundlers leave out what is imported only for
 * its effects, together with all that it imports, where it is not named.
 */
export function filesWithEffects(dist: URL): string[] {
  const files = readdirSync(dist).filter((file) => /\.[cm]js$/.test(file))
  const imports = new Map(files.map((file) => [file, importsOf(readFileSync(new URL(file, dist), 'utf8'))]))
  const found = new Set(files.filter((file) => effectful.includes(file.replace(/\.[cm]js$/, ''))))
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const [file, targets] of imports) if (targets.some((target) => found.has(target))) found.add(file)
  }
  return [...found].sort()
}

/** Files of the same folder that are imported at once; not by `import()`. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/^(?:import\b.*?|export\b.*? from |(?:const|let) .*?= require\(|require\()"\.\/([^"]+)"/gm)].map(
    ([, file = '']) => file,
  )
}
