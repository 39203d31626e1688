import { expect, test } from 'vitest'
import { readModules } from '../../scripts/structure/modules.ts'

/** Files of one shape, one for each client or library: what they have in common bears one name in all of them, and has one home. */
const families = [/^(adapters\/)[^/]+(\.ts)$/, /^(src\/dialects\/)[^/]+(\/.+)$/, /^(src\/clients\/)[^/]+(\/.+)$/]

/** What every adapter exports, after which what it is made from is called. */
const ofAdapters = ['createPool', 'readSettings', 'support', 'translate']

/** To be renamed. A name that has one home again comes off the list. */
const stillTwice: readonly string[] = [
  // In cli/src/reading.
  ...'Answer Binding Evaluator Gap List Made Misuse Parsed Place PlaceReading Unknown Value bare fields list placesIn readPlace unknown'.split(
    ' ',
  ),
]

function homeOf(file: string): string {
  const family = families.find((shape) => shape.test(file))
  return family ? file.replace(family, '$1*$2') : file
}

test('a name that modules export means one thing, all over the code', () => {
  const homes = new Map<string, Set<string>>()
  for (const { file, declares } of readModules(['src', 'adapters', 'cli/src']).values()) {
    for (const name of declares) homes.set(name, (homes.get(name) ?? new Set()).add(homeOf(file)))
  }
  const twice = [...homes].filter(([name, places]) => places.size > 1 && !ofAdapters.includes(name)).sort()
  expect(twice.filter(([name]) => !stillTwice.includes(name)).map(([name, places]) => [name, ...places])).toEqual([])
  expect(stillTwice.filter((name) => !twice.some(([found]) => found === name))).toEqual([])
})
