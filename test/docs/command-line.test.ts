import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../cli/src/commands.ts'
import { commandLine } from '../../src/text/command-line.ts'
import { pages, read, root } from './pages.ts'

/** The program's bare name in front of a command: not everybody can type that. */
const bare = new RegExp(String.raw`(?<![@\w/.-])polypool (?:${commands.map(({ name }) => name).join('|')}|--help)(?![\w-])`)

// Changelogs tell what was typed before, too.
test.each(pages.filter((page) => !page.endsWith('CHANGELOG.md')))(
  'the commands on %s can be typed with nothing installed',
  (page) => {
    expect(read(page)).not.toMatch(bare)
  },
)

test('the commands in texts of the code are those of one constant', () => {
  const isText = (line: string) => !/^\s*(?:\/\/|\/?\*)/.test(line) && (bare.test(line) || line.includes(`'${commandLine}`))
  const found = globSync('{src,adapters,cli/src}/**/*.ts', { cwd: root }).flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .filter(isText)
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([
    `${path.join('cli', 'src', 'report', 'page.ts')}: const title = \`polypool verify: \${clients.map(({ client, version }) => \`\${client} \${version}\`).join(', ')}\``,
    `${path.join('src', 'text', 'command-line.ts')}: export const commandLine = '${commandLine}'`,
  ])
})

test("the command line's own page shows every command that there is", () => {
  const shown = [...read('cli/README.md').matchAll(/^npx @polypool\/cli (\w+)/gm)].map(([, name]) => name)
  expect(shown.sort()).toEqual(commands.map(({ name }) => name).sort())
})
