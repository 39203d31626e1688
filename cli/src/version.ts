import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** This package's version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string }
  return version
}

/** This package's folder: source and build lie one level below it. */
export const packageRoot = new URL('../', import.meta.url)

/** A file that the polypool of this package exports. */
export function polypoolFile(name: 'package.json' | 'schema.json'): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve(`polypool/${name}`))
}
