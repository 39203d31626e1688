import { expect, test } from 'vitest'
import { readModules } from '../../scripts/structure/modules.ts'

/** Files of one shape, one for each client or library: what they have in common bears one name in all of them, and has one home. */
const families = [/^(adapters\/)[^/]+(\.ts)$/, /^(src\/dialects\/)[^/]+(\/.+)$/, /^(src\/clients\/)[^/]+(\/.+)$/]

/** What every adapter exports, after which what it is made from is called. */
const ofAdapters = ['createPool', 'readSettings', 'support', 'translate']

function homeOf(file: string): string {
  const family = families.find((shape) => shape.test(file))
  return family ? file.replace(family, '$1*$2') : file
}

test('a name that modules export means one thing, all over the code', () => {
  const homes = new Map<string, Set<string>>()
  for (const { file, declares } of readModules(['src', 'adapters', 'cli/src']).values()) {
    for (const name of declares) homes.set(name, (homes.get(name) ?? new Set()).add(homeOf(file)))
  }
  expect(homes.size).toBeGreaterThan(500)
  const twice = [...homes].filter(([name, places]) => places.size > 1 && !ofAdapters.includes(name)).sort()
  expect(twice.map(([name, places]) => [name, ...places])).toEqual([])
})
