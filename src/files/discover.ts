import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { lilconfig } from 'lilconfig'
import { PoolConfigError } from '../errors.ts'
import { formats } from './formats/index.ts'
import { parseFile } from './parse-file.ts'
import { fail } from './problems.ts'
import { troubleOf } from './read-text.ts'

export const packageFile = 'package.json'
export const packageKey = 'polypool'

/** The names of config files, in the order in which they are looked for in a directory. */
const places: readonly string[] = [
  ...[...formats.keys()].map((extension) => `polypool.config${extension}`),
  ...[...formats.keys()].map((extension) => `.config/polypool${extension}`),
  packageFile,
]

/**
 * The config file for a directory: there or in the nearest one above, up to the home directory or the root.
 * Null if there is none.
 */
export async function findConfigFile(cwd: string, home: string = os.homedir()): Promise<string | null> {
  const only = (file: string) => file
  const loaders = Object.fromEntries([...formats.keys()].map((extension) => [extension, only]))
  const search = lilconfig('polypool', {
    searchPlaces: [...places],
    stopDir: home,
    cache: false,
    ignoreEmptySearchPlaces: false,
    packageProp: packageKey,
    // Only the file is wanted: it is read within bounds and parsed with places later on. A package.json counts if it has the key.
    loaders: { ...loaders, '.json': (file, content) => (path.basename(file) === packageFile ? keyOf(file, content, cwd) : file) },
  })
  try {
    return (await search.search(cwd))?.filepath ?? null
  } catch (error) {
    if (error instanceof PoolConfigError) throw error
    const { path: file } = error as { path?: unknown }
    return fail(typeof file === 'string' ? file : (nearestPlace(cwd) ?? cwd), cwd, troubleOf(error))
  }
}

/** Other config files beside the one that was found: they are not read, which their author may not know. */
export function shadowedBy(file: string): string[] {
  const place = places.find((name) => file.endsWith(path.sep + path.normalize(name)))
  if (place === undefined) return []
  const directory = file.slice(0, -path.normalize(place).length)
  return places
    .filter((name) => name !== packageFile)
    .map((name) => path.join(directory, name))
    .filter((other) => other !== file && fs.existsSync(other))
}

async function keyOf(file: string, content: string, base: string): Promise<object> {
  const { value } = await parseFile(file, content.replace(/^\uFEFF/, ''), base)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, packageKey) ? { [packageKey]: file } : {}
}

/** lilconfig does not say which file it could not read: a directory of that name, for one, fails without its path. */
function nearestPlace(cwd: string): string | undefined {
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    const file = places
      .map((name) => path.join(directory, name))
      .find((name) => path.basename(name) !== packageFile && fs.existsSync(name))
    if (file !== undefined || directory === path.dirname(directory)) return file
  }
}
