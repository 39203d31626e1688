import { globSync } from 'node:fs'
import { pages, read, root } from './pages.ts'

/** What stands between the fences of a page. */
export interface Block {
  readonly page: string
  /** The line of its first fence, counted from one: where a failure is to be looked for. */
  readonly line: number
  /** The heading that it stands under, as links to it say. */
  readonly under: string
  readonly language: string
  /** What follows the language: `no-run`. */
  readonly note: string
  readonly code: string
}

const readmes = globSync('examples/*/README.md', { cwd: root })
  .map((page) => page.replaceAll('\\', '/'))
  .sort()

/** Every page with code that readers are to type, those of the examples too. */
export const everyPage: readonly string[] = [...pages, ...readmes]

export const blocks: readonly Block[] = everyPage.flatMap(blocksOf)

/** By what tables of exceptions call it; many blocks of a page can have the same name. */
export const nameOf = ({ page, under }: Pick<Block, 'page' | 'under'>) => `${page}#${under}`

function blocksOf(page: string): Block[] {
  const found: Block[] = []
  let under = ''
  let open: Omit<Block, 'code'> | undefined
  let code: string[] = []
  for (const [index, text] of read(page).split('\n').entries()) {
    const [, language, note = ''] = /^```(\w*) ?(.*)$/.exec(text) ?? []
    if (open === undefined) {
      under = anchorOf(text) ?? under
      if (language !== undefined) open = { page, line: index + 1, under, language, note }
      code = []
    } else if (text === '```') {
      found.push({ ...open, code: `${code.join('\n')}\n` })
      open = undefined
    } else {
      code.push(text)
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the fence is never closed`)
  return found
}

function anchorOf(line: string): string | undefined {
  const [, heading] = /^#+ (.+)$/.exec(line) ?? []
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
