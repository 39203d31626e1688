import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { groups, pagesOf } from '../../docs/.vitepress/sidebar.ts'
import { pages, root } from './pages.ts'

const listed = groups.flatMap(pagesOf)
const written = pages.filter((page) => page.startsWith('docs/')).map((page) => page.replace(/^docs\/|\.md$/g, ''))

test('the sidebar of the site leads to every page, once', () => {
  // The site's own front page has no place in it.
  expect(listed.toSorted()).toEqual(written.filter((page) => page !== 'index').sort())
})

test('what the front page of the site leads to is there', () => {
  const front = readFileSync(path.join(root, 'docs/index.md'), 'utf8')
  const links = [...front.matchAll(/link: \/([\w/-]+)/g)].map(([, page = '']) => page)
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter((page) => !existsSync(path.join(root, 'docs', `${page}.md`)))).toEqual([])
})
