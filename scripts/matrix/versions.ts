import semver from 'semver'
import type { ClientPeer } from '../../src/adapter.ts'

/** The lowest of each part of a range, and the newest of each major in it: what a user of any version in it is nearest to. And what is known to differ. */
export function testedVersions(
  published: readonly string[],
  { range, landmarks = [] }: Pick<ClientPeer, 'range' | 'landmarks'>,
): string[] {
  const within = stable(published).filter((version) => semver.satisfies(version, range))
  const lowest = range.split('||').map((part) => semver.minSatisfying(within, part))
  const newest = majorsOf(within).map((major) => semver.maxSatisfying(within, `${major}`))
  const between = landmarks.map((landmark) => semver.maxSatisfying(within, landmark))
  return sorted([...lowest, ...between, ...newest])
}

/** The newest that is not in a range, of its majors and of the one before: the nearest misses. */
export function nearMisses(published: readonly string[], range: string): string[] {
  const all = stable(published)
  const majors = majorsOf(all.filter((version) => semver.satisfies(version, range)))
  const misses = all.filter((version) => !semver.satisfies(version, range))
  return sorted([Math.min(...majors) - 1, ...majors].map((major) => semver.maxSatisfying(misses, `${major}`)))
}

/** The lowest Node that polypool declares, and the newest of each line. */
export function testedNodes(published: readonly string[], engines: string, lines: readonly number[]): string[] {
  const all = stable(published)
  return sorted([semver.minSatisfying(all, engines), ...lines.map((line) => semver.maxSatisfying(all, `${line}`))])
}

/** True for a package that declares nothing. */
export function accepts(engines: string | undefined, node: string): boolean {
  return engines === undefined || semver.satisfies(node, engines)
}

function stable(versions: readonly string[]): string[] {
  return versions.filter((version) => semver.prerelease(version) === null)
}

function majorsOf(versions: readonly string[]): number[] {
  return [...new Set(versions.map((version) => semver.major(version)))]
}

function sorted(versions: readonly (string | null)[]): string[] {
  return semver.sort([...new Set(versions)].filter((version) => version !== null))
}
