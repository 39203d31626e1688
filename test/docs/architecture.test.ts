import { expect, test } from 'vitest'
import { architecturePicture, roomTable } from '../../scripts/docs/architecture.ts'
import { roomOf } from '../../scripts/structure/rooms.ts'

test('the picture is the same each time, names every room, and can be read on light and on dark', async () => {
  const [one, other] = await Promise.all([architecturePicture(), architecturePicture()])
  expect(one).toBe(other)
  const named = [...roomTable().matchAll(/^\| `([^`]+)`/gm)].map(([, path = '']) => path)
  expect(named).toContain('src/pool')
  for (const path of named) expect(one).toContain(`>${path}</text>`)
  expect(one).toContain('prefers-color-scheme: dark')
  // What draws it puts its version and colours of its own there.
  expect(one).not.toMatch(/<!--|(?:fill|stroke)="/)
})

test('a module belongs to the room that lies nearest', () => {
  const files = ['src/pool/heap.ts', 'src/errors.ts', 'cli/src/bin.ts', 'cli/src/output.ts', 'cli/src/reading/shared/x.ts']
  const expected = ['src/pool', 'src/errors.ts', 'cli/src/main.ts', 'cli/src', 'cli/src/reading/shared']
  expect(files.map((file) => roomOf(file).path)).toEqual(expected)
  expect(() => roomOf('src/new/file.ts')).toThrow('src/new/file.ts is in no room')
})
