// Links of pages as GitHub reads them, made to lead somewhere on the site as well.
import { cpSync, createReadStream, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { MarkdownRenderer, Plugin, SiteConfig } from 'vitepress'
import { docs } from './sidebar.ts'

const repository = path.join(docs, '..')

/** Files outside docs/ that pages lead to. They are copied into the site, as nobody may know yet where the repository is. */
const taken = new Set<string>()

/** GitHub's names for headings, that links of pages use and a test checks. */
export function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** Where the repository can be read, if package.json says so. */
export function repositoryUrl(): string | undefined {
  const { repository: given } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'))
  const url = typeof given === 'string' ? given : given?.url
  return url?.replace(/^git\+/, '').replace(/\.git$/, '')
}

export function withLinks(markdown: MarkdownRenderer, base: string): void {
  const { link_open: before } = markdown.renderer.rules
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const href = token?.attrGet('href') ?? ''
    const outside = /^\.{1,2}\//.test(href) ? leavesDocs(env.path, href) : undefined
    if (outside !== undefined) {
      token?.attrSet('href', outsideLink(outside, base))
      token?.attrSet('target', '_blank')
      return self.renderToken(tokens, index, options)
    }
    return before ? before(tokens, index, options, env, self) : self.renderToken(tokens, index, options)
  }
}

/** Pages hold no HTML but comments: what looks like an element is text, such as the name of a placeholder. */
export function withoutElements(markdown: MarkdownRenderer): void {
  const shown = (content: string) => (content.startsWith('<!--') ? content : markdown.utils.escapeHtml(content))
  for (const rule of ['html_inline', 'html_block']) {
    markdown.renderer.rules[rule] = (tokens, index) => shown(tokens[index]?.content ?? '')
  }
}

/** The path from the root of what a link leads to, where that is not in docs/. */
function leavesDocs(page: string, href: string): string | undefined {
  const target = path.resolve(path.dirname(page), href.split('#')[0] ?? '')
  if (target.startsWith(docs) || !existsSync(target)) return undefined
  return path.relative(repository, target).replaceAll('\\', '/')
}

function outsideLink(file: string, base: string): string {
  const url = repositoryUrl()
  if (url !== undefined) return `${url}/blob/main/${file}`
  taken.add(file)
  return `${base}files/${file}`
}

/** At the end of a build. */
export function copyTaken({ outDir }: SiteConfig): void {
  for (const file of taken) cpSync(path.join(repository, file), path.join(outDir, 'files', file), { recursive: true })
}

/** The same while pages are written. */
export const serveTaken: Plugin = {
  name: 'files-of-the-repository',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const [, file] = /\/files\/([^?#]+)/.exec(request.url ?? '') ?? []
      if (file === undefined || !taken.has(file)) return next()
      response.setHeader('content-type', 'text/plain; charset=utf-8')
      createReadStream(path.join(repository, file)).pipe(response)
    })
  },
}
