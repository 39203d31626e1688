import { PoolUnsupportedError } from '../../errors.ts'
import { isAtLeast, parseVersion, type Version } from '../installed.ts'

type Versions = Pick<NodeJS.ProcessVersions, string>

/** The first versions whose node:http was seen to ask its agent for every connection; requests of earlier ones go past a pool. */
const runtimes: readonly (readonly [key: string, name: string, lowest: Version])[] = [
  ['bun', 'Bun', [1, 4, 0]],
  ['deno', 'Deno', [2, 8, 0]],
]

/** Throws where no limit would hold, because the runtime's node:http does not ask agents. */
export function assertRuntime(versions: Versions = process.versions): void {
  for (const [key, name, lowest] of runtimes) {
    const version = versions[key]
    if (version === undefined || isAtLeast(parseVersion(version), lowest)) continue
    throw new PoolUnsupportedError(
      `${name} ${version}: requests of its node:http go past agents, so that no limit would hold: use Node, or ${name} ${lowest.join('.')} or later`,
    )
  }
}
