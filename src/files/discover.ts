import path from 'node:path'
import { extensions } from './formats/index.ts'
import { refuseFile } from './problems.ts'

const fs = process.getBuiltinModule('node:fs')

export const packageFile = 'package.json'
export const packageKey = 'polypool'

/** Where config files lie in a directory, in the order in which they are looked for. */
const places: readonly string[] = [
  ...extensions.map((extension) => `polypool.config.${extension}`),
  ...extensions.map((extension) => path.join('.config', `polypool.${extension}`)),
  packageFile,
]

const homeDirectory = () => process.getBuiltinModule('node:os').homedir()

/** The same for people. */
const searched = `polypool.config.{${extensions}}, .config/polypool.{${extensions}} and the key "${packageKey}" of ${packageFile}`

/**
 * The config file for a directory: there or in the nearest one above, up to the home directory or the root. Null if there is none.
 * Throws a PoolConfigError if a directory on the way has none, but a file that is called as if it were one, and if node's permission model keeps
 * the process from looking into the first.
 */
export async function findConfigFile(cwd: string, home: string = homeDirectory()): Promise<string | null> {
  for (const directory of directoriesFrom(cwd, home)) {
    const [found] = configFilesIn(directory)
    if (found !== undefined) return found
    if (directory === path.resolve(cwd)) refuseHidden(directory, cwd)
    const [other] = lookalikesIn(directory)
    if (other !== undefined) return refuseLookalike(other, cwd)
  }
  return null
}

/** Every file that the search from a directory would take if it were there. */
export function candidatesFrom(cwd: string, home: string = homeDirectory()): string[] {
  return directoriesFrom(cwd, home).flatMap((directory) => places.map((place) => path.join(directory, place)))
}

/** Other config files beside the one that was found: they are not read, which their author may not know. */
export function shadowedBy(file: string): string[] {
  const place = places.find((name) => file.endsWith(path.sep + name))
  if (place === undefined) return []
  const directory = file.slice(0, -place.length - 1) || path.parse(file).root
  return [...configFilesIn(directory), ...lookalikesIn(directory)].filter((other) => other !== file)
}

function directoriesFrom(cwd: string, home: string): string[] {
  const found: string[] = []
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    found.push(directory)
    if (directory === path.resolve(home) || directory === path.dirname(directory)) return found
  }
}

/** Also links that lead nowhere, and what may not be read: a limit that silently does not hold is worse than a start that fails. */
function configFilesIn(directory: string): string[] {
  return places
    .map((place) => path.join(directory, place))
    .filter((file) => (path.basename(file) === packageFile ? hasKey(file) : isThere(file)))
}

/** As a config would be called elsewhere: `polypool.yaml`, `.polypoolrc`, `polypool.config.ini`. Not copies that editors keep. */
const lookalike =
  /^(?:\.?polypool[._-]?(?:config|conf|rc)|\.polypool)(?:\.(?:ya?ml|json[c5]?|toml|[cm]?[jt]s|ini|cfg|properties|xml))?$|^polypool\.(?:ya?ml|json[c5]?|toml|ini|conf|cfg)$/i
const lookalikeInFolder = /^polypool(?:\.(?:properties|xml))?$/i

function lookalikesIn(directory: string): string[] {
  const folder = path.join(directory, '.config')
  const names = [
    ...namesIn(directory).filter((name) => lookalike.test(name)),
    ...namesIn(folder)
      .filter((name) => lookalike.test(name) || lookalikeInFolder.test(name))
      .map((name) => path.join('.config', name)),
  ]
  return names
    .filter((name) => !places.includes(name))
    .map((name) => path.join(directory, name))
    .filter(isFile)
}

function refuseLookalike(file: string, base: string): never {
  const extension = extensions.find((known) => file.toLowerCase().endsWith(`.${known}`)) ?? extensions[0]
  return refuseFile(file, base, {
    problem: 'it is called like a config file, but is not read',
    fix: `name it polypool.config.${extension}, or something else (read are ${searched})`,
  })
}

/** What can't be seen may be there: a limit that silently does not hold is worse than a start that fails. */
function refuseHidden(directory: string, base: string): void {
  const { permission } = process as { readonly permission?: { has(scope: string, reference: string): boolean } }
  const hidden = places.map((place) => path.join(directory, place)).find((file) => permission?.has('fs.read', file) === false)
  if (hidden === undefined) return
  refuseFile(hidden, base, {
    problem: 'this process may not look whether it is there',
    fix: `start node with --allow-fs-read=${directory}${path.sep}* besides --permission, or name the config file`,
  })
}

function hasKey(file: string): boolean {
  // A broken one that has nothing to do with polypool, or may not be read, is for others to complain about.
  if (!isFile(file)) return false
  let text = ''
  try {
    text = fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && content !== null && Object.hasOwn(content, packageKey)
  } catch {
    return text.includes(`"${packageKey}"`) && /"polypool"\s{0,99}:\s{0,99}\{/.test(text)
  }
}

function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory)
  } catch {
    return []
  }
}

function isThere(file: string): boolean {
  try {
    return fs.lstatSync(file) !== undefined
  } catch {
    return false
  }
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}
