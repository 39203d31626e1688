import { PoolUnsupportedError } from '../errors.ts'

/** A client's package that polypool loads itself. */
export interface Requirement {
  readonly name: string
  /** Versions that are supported, in npm's notation. */
  readonly range: string
  /** What to install on this Node, as npm takes it. */
  readonly install: string
}

export type Version = readonly [major: number, minor: number, patch: number]

/** The version that `require` finds. Throws ERR_POOL_UNSUPPORTED if there is none. */
export function installedVersion({ name, range, install }: Requirement, require: NodeJS.Require): string {
  try {
    return (require(`${name}/package.json`) as { version: string }).version
  } catch (cause) {
    throw new PoolUnsupportedError(`${name} is not installed: npm install ${install} (polypool takes ${name} ${range})`, {
      cause,
    })
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
