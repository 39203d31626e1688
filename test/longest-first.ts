import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, the longest first, by how its path begins. Vitest knows nothing of a fresh clone and takes the largest files first; the
 * longest runs are of small ones, and the last of them would run alone.
 */
const longest = [
  'test/tools/bundlers',
  'test/tools/typescript',
  'test/pool/core.property',
  'test/fleet/chaos',
  'cli/test/conformance/clients/undici',
  'cli/test/conformance/clients/fetch',
  'test/pool/complexity',
  'cli/test/commands/large-tree',
  'test/faults/endings',
  'test/faults/inside-undici',
  'test/load/held',
  'test/stale/settings',
  'test/engines/proxy/caps',
  'cli/test/conformance/clients/',
  'test/observe/lives',
  'cli/test/commands/migrate/rewritten',
  'test/faults/behind-the-answer',
  'cli/test/reading/python/hostile',
  'test/docs/',
  'test/stale/',
  'test/fuzz/',
  'cli/test/reading/',
  'cli/test/commands/',
  'test/hostile/',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const path = moduleId.slice(project.config.root.length + 1)
  const found = longest.findIndex((beginning) => path.startsWith(beginning))
  return found === -1 ? longest.length : found
}
