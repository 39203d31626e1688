import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Every page that readers get, seen from the root, with `/` on every platform. */
export const pages: readonly string[] = globSync(['*.md', 'docs/**/*.md', 'cli/*.md'], { cwd: root })
  .map((page) => page.replaceAll('\\', '/'))
  .sort()

export function read(page: string): string {
  return readFileSync(path.join(root, page), 'utf8')
}

/** The code of every fence of a language. */
export function fences(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code)
}
