import { expect, test } from 'vitest'
import { circlesIn, type Module, readModules } from '../../scripts/structure/modules.ts'

test('no module reaches itself by its imports, those of types included', () => {
  expect(circlesIn(readModules(['src', 'adapters', 'cli/src']))).toEqual([])
})

test('modules that go round are found, however far the way is', () => {
  const graph: readonly (readonly [string, readonly string[]])[] = [
    ['entry', ['a']],
    ['a', ['b', 'leaf']],
    ['b', ['c']],
    ['c', ['a']],
    ['leaf', []],
    ['self', ['self']],
  ]
  const modules = new Map(
    graph.map(([file, imports]): [string, Module] => [file, { file, imports, packages: [], imported: [], declares: [] }]),
  )
  expect(circlesIn(modules)).toEqual([['a', 'b', 'c'], ['self']])
})
