import { expect, test } from 'vitest'
import { circlesIn, readModules } from '../../scripts/structure/modules.ts'

/** To be opened: folders within which modules go round in a circle. One without circles comes off the list. */
const stillRound: readonly string[] = ['cli/src/reading/javascript/', 'cli/src/reading/python/']

test('no module reaches itself by its imports, those of types included', () => {
  const circles = circlesIn(readModules(['src', 'adapters', 'cli/src']))
  const isKnown = (circle: readonly string[]) => stillRound.some((folder) => circle.every((file) => file.startsWith(folder)))
  expect(circles.filter((circle) => !isKnown(circle))).toEqual([])
  const hasCircle = (folder: string) => circles.some((circle) => circle.every((file) => file.startsWith(folder)))
  expect(stillRound.filter((folder) => !hasCircle(folder))).toEqual([])
})
