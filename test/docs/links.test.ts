import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const inDocs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
const pages = [
  'README.md',
  'SECURITY.md',
  ...inDocs.filter((file) => file.endsWith('.md')).map((file) => path.join('docs', file)),
]

const read = (page: string) => readFileSync(path.join(root, page), 'utf8')

/** The names by which GitHub lets a page's headings be linked to. */
function anchors(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link)
  const broken = links.filter((link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? page : path.join(path.dirname(page), file)
    if (!existsSync(path.join(root, target))) return true
    return anchor !== undefined && !anchors(target).has(anchor)
  })
  expect(broken).toEqual([])
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
      const target = path.join(path.dirname(page), link)
      if (pages.includes(target)) reached.add(target)
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([])
})
