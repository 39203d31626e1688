import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { npmCommand } from '../../scripts/npm-command.ts'
import { read, root } from './pages.ts'

/** What `npm publish` would send of a package, but for its build. */
function packedFiles(folder: string): string[] {
  const { command, args, shell } = npmCommand(['pack', '--dry-run', '--json', '--ignore-scripts'])
  const printed = execFileSync(command, args, {
    cwd: path.join(root, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell,
  })
  const [{ files }] = JSON.parse(printed) as [{ files: { path: string }[] }]
  return files.map(({ path: file }) => file)
}

test.each(['.', 'cli'])('links of what is packed of %s lead to what is packed, too', (folder) => {
  const files = packedFiles(folder)
  const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('dist/'))
  expect(pages).toContain('README.md')
  const dead = pages.flatMap((page) =>
    [...read(path.join(folder, page)).matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)]
      .map(([, link = '']) => path.posix.join(path.posix.dirname(page), link))
      .filter((target) => !files.includes(target) && !files.some((file) => file.startsWith(`${target}/`)))
      .map((target) => `${page} → ${target}`),
  )
  expect(dead).toEqual([])
})
