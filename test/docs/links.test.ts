import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { pages, read, root } from './pages.ts'

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
    const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
    if (!existsSync(path.join(root, target))) return true
    return anchor !== undefined && !anchors(target).has(anchor)
  })
  expect(broken).toEqual([])
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
      const target = path.posix.join(path.posix.dirname(page), link)
      if (pages.includes(target)) reached.add(target)
    }
  }
  // What GitHub shows to those who work on it, the pages of the other package, and the front page of the site.
  expect(pages.filter((page) => !reached.has(page))).toEqual([
    'CONTRIBUTING.md',
    'cli/CHANGELOG.md',
    'cli/README.md',
    'docs/index.md',
  ])
})

test.each(pages)('every path that %s names is there', (page) => {
  const named = [...read(page).matchAll(/`((?:\.github|adapters|bench|cli|examples|scripts|src|test)\/[\w./-]*)`/g)].map(
    ([, file = '']) => file,
  )
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
})
