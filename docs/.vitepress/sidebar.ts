// Which page stands where on the site. A test compares it with the files.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the pages. */
export const docs = fileURLToPath(new URL('../', import.meta.url))

interface Group {
  readonly title: string
  /** Paths without `.md`, in order; `folder/*` is what a folder has besides, by name. */
  readonly pages: readonly string[]
  readonly collapsed?: boolean
}

export const groups: readonly Group[] = [
  { title: 'Start', pages: ['start', 'when-not'] },
  {
    title: 'Guides',
    pages: [
      'guides/service',
      'config-files',
      'guides/tests',
      'guides/serverless',
      'proxies',
      'http2',
      'operate',
      'past-one-process',
      'fleet',
      'dialects',
      'guides/*',
    ],
  },
  { title: 'Moving between clients', pages: ['moves/index', 'moves/*'], collapsed: true },
  { title: 'Clients', pages: ['clients/*'], collapsed: true },
  { title: 'SDKs', pages: ['sdks/index', 'sdks/*'], collapsed: true },
  { title: 'Reference', pages: ['configuration', 'errors', 'cli', 'audit', 'events', 'conformance'] },
  {
    title: 'Explanations',
    pages: [
      'cost-of-a-connection',
      'native-settings',
      'how-a-pool-works',
      'sizing',
      'lifecycle',
      'when-the-total-is-full',
      'architecture',
    ],
  },
  { title: 'API', pages: ['api/index', 'api/*'], collapsed: true },
  { title: 'Comparison', pages: ['comparison', 'python-behaviour', 'benchmarks'] },
  { title: 'What holds', pages: ['performance', 'reliability', 'compatibility', 'dependencies'] },
  { title: 'Help', pages: ['troubleshooting', 'contributing'] },
]

/** The pages of a group that are there. */
export function pagesOf({ pages }: Group): string[] {
  const named = new Set(groups.flatMap((group) => group.pages))
  return pages.flatMap((page) => {
    if (!page.endsWith('/*')) return existsSync(`${docs}${page}.md`) ? [page] : []
    const found = globSync(`${page}.md`, { cwd: docs }).map((file) => file.replaceAll('\\', '/').replace(/\.md$/, ''))
    return found.filter((file) => !named.has(file)).sort()
  })
}

/** What the page calls itself. */
function titleOf(page: string): string {
  const [, title = page] = /^# (.+)$/m.exec(readFileSync(`${docs}${page}.md`, 'utf8')) ?? []
  return title.replaceAll('`', '')
}

export function sidebar() {
  return groups
    .map((group) => ({ group, pages: pagesOf(group) }))
    .filter(({ pages }) => pages.length > 0)
    .map(({ group: { title, collapsed }, pages }) => ({
      text: title,
      ...(collapsed !== undefined && { collapsed }),
      items: pages.map((page) => ({ text: titleOf(page), link: `/${page.replace(/(^|\/)index$/, '$1')}` })),
    }))
}
