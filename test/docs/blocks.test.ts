import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type Block, blocks } from './blocks.ts'
import { root } from './pages.ts'

interface Check {
  readonly languages: readonly string[]
  readonly pages: RegExp
  /** What fails if the block is wrong. */
  readonly by: readonly string[]
}

const javascript = ['js', 'javascript', 'ts']

/** Each block is checked by the first of these that it fits. */
const checks: readonly Check[] = [
  { languages: ['sh'], pages: /./, by: ['test/docs/shell.test.ts'] },
  { languages: ['ts'], pages: /^docs\/api\//, by: ['scripts/docs/api.ts'] },
  { languages: ['js'], pages: /^docs\/sdks\//, by: ['test/sdks/recipes.test.ts', 'test/sdks/types.test.ts'] },
  { languages: ['js', 'yaml', 'python'], pages: /^docs\/comparison\.md$/, by: ['test/docs/comparison.test.ts'] },
  { languages: ['javascript', 'text', 'diff', 'python', 'yaml'], pages: /^docs\/moves\//, by: ['scripts/docs/moves.ts'] },
  { languages: javascript, pages: /./, by: ['test/docs/types.test.ts'] },
  { languages: ['yaml'], pages: /./, by: ['test/docs/config-blocks.test.ts'] },
  { languages: ['text'], pages: /^docs\/cli\.md$/, by: ['scripts/docs/commands.ts'] },
  { languages: ['text'], pages: /^examples\//, by: ['test/examples/run.ts'] },
  { languages: ['text'], pages: /^docs\/native-settings\.md$/, by: ['examples/demo/main.ts'] },
]

const checkOf = ({ language, page }: Block) =>
  checks.find(({ languages, pages }) => languages.includes(language) && pages.test(page))

it('every block of code on every page is checked by something that is there', () => {
  expect(blocks.length).toBeGreaterThan(300)
  const unchecked = blocks.filter((block) => checkOf(block) === undefined)
  expect(unchecked.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([])
  expect(checks.filter((check) => !blocks.some((block) => checkOf(block) === check))).toEqual([])
  const files = checks.flatMap(({ by }) => by)
  expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
})

it('what is not to be run says so, with a reason', () => {
  const notes = blocks.filter(({ note }) => note !== '')
  expect(notes.filter(({ note }) => !/^no-run: .{10,}$/.test(note))).toEqual([])
  // Fewer is better: each of these is typed only.
  expect(notes).toHaveLength(4)
})
