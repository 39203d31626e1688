import { PoolUnsupportedError } from '../errors.ts'

/** A client's package that an adapter imports. */
export interface Requirement {
  readonly name: string
  /** Versions that are supported, in npm's notation. */
  readonly range: string
  /** What to install on this Node, as npm takes it. */
  readonly install: string
}

export type Version = readonly [major: number, minor: number, patch: number]

/**
 * The version of the package whose main module has these exports, from the package.json beside the file that they were loaded from.
 *
 * Undefined where no such file was loaded: in a bundle, and where something other than Node loads modules, as Jest. What is installed may well
 * be another version than the one that is there, so nothing is looked up by the name of the package.
 */
export function loadedVersion(exported: unknown): string | undefined {
  const { createRequire } = process.getBuiltinModule('node:module')
  const { cache } = createRequire(process.execPath)
  const path = Object.values(cache).find((module) => module?.exports === exported)?.path
  if (path === undefined) return undefined
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(`${path}/package.json`, 'utf8')
    const { version } = JSON.parse(text) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

/** For a version that is installed and can't be used, or not on this Node. */
export function unsupportedVersion({ name, range, install }: Requirement, version: string, node: string): PoolUnsupportedError {
  return new PoolUnsupportedError(
    `${name} ${version} on Node ${node} is not supported: npm install ${install} (polypool takes ${name} ${range})`,
  )
}

/** Only for comparing: what follows the patch is left out. */
export function parseVersion(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return [major, minor, patch]
}

export function isAtLeast(version: Version, lowest: Version): boolean {
  const at = version.findIndex((part, index) => part !== lowest[index])
  return at === -1 || (version[at] ?? 0) > (lowest[at] ?? 0)
}
