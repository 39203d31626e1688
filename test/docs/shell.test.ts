import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { commands } from '../../cli/src/commands.ts'
import { polypool, project, terminal } from '../../cli/test/command.ts'
import { blocks, everyPage } from './blocks.ts'
import { fences, read } from './pages.ts'
import { problemOf, wordsOf } from './shell.ts'

interface Line {
  readonly where: string
  readonly words: readonly string[]
  /** In running text, where a command may stand for all that it can do. */
  readonly inline: boolean
}

const inBlocks = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ page, line, code }) =>
    code.split('\n').map((text, index) => ({ where: `${page}:${line + index + 1}`, words: wordsOf(text), inline: false })),
  )

// Changelogs tell what was typed before, too.
const inText = everyPage
  .filter((page) => !page.endsWith('CHANGELOG.md'))
  .flatMap((page) =>
    [...read(page).matchAll(/`((?:npx|npm|node) [^`\n]+)`/g)].map(([, text = '']) => ({
      where: page,
      words: wordsOf(text),
      inline: true,
    })),
  )

const lines: readonly Line[] = [...inBlocks, ...inText].filter(({ words }) => words.length > 0)
const isOurs = ({ words: [program, tool] }: Line) => program === 'npx' && (tool === '@polypool/cli' || tool === 'polypool')

/** What the page itself has its readers save. */
const saves = (page: string, [program, file]: readonly string[]) =>
  program === 'node' && read(page.replace(/:\d+$/, '')).includes(`Save this as \`${file}\``)

/** What readers have where they type it. */
const files = {
  'polypool.config.yaml': `${fences(read('docs/config-files.md'), 'yaml')[0]}  app: { maxConnections: 40 }\n  upstream: { maxConnections: 60 }\n`,
  'before.mjs': fences(read('docs/moves/axios-to-fetch.md'), 'javascript')[0] ?? '',
  'src/api.ts': fences(read('docs/moves/axios-to-fetch.md'), 'javascript')[0] ?? '',
  'before.py': fences(read('docs/moves/python-to-node.md'), 'python')[0] ?? '',
  'app.py': fences(read('docs/moves/python-to-node.md'), 'python')[0] ?? '',
  'examples/from-python/orders.py': read('examples/from-python/orders.py'),
  'samples.json': '[]',
}

/** Only taken apart: what tests the wire for a minute, what looks into another process, and what is run when its page is made. */
const parsedOnly = ({ where, words: [, , name] }: Line) => name === 'verify' || name === 'top' || where.startsWith('docs/moves/')

/** Takes the arguments apart as the program would, and does nothing. */
async function parse(args: readonly string[]): Promise<void> {
  const [name] = args
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  const entry = commands.find((one) => one.name === name)
  if (entry === undefined) throw new Error(`there is no command ${name}`)
  ;(await entry.load())(program, terminal().io)
  for (const command of program.commands)
    command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(() => {})
  await program.parseAsync(args, { from: 'user' })
}

describe('a command on a page', () => {
  it('is of npm or node as they have it', () => {
    const problems = lines
      .filter((line) => !isOurs(line))
      .map(({ where, words }) => [where, words.join(' '), saves(where, words) ? undefined : problemOf(words)])
    expect(problems.length).toBeGreaterThan(100)
    expect(problems.filter(([, , problem]) => problem !== undefined)).toEqual([])
  })

  it('is of the program, and ends as it should in a folder with the files that it names', async () => {
    const ours = new Map(lines.filter(isOurs).map((line) => [line.words.slice(2).join(' '), line]))
    const ran: string[] = []
    const problems: string[] = []
    for (const [typed, line] of ours) {
      const { where, words, inline } = line
      const args = words.slice(2).map((word) => (inline && (word === '…' || word === '<url>') ? 'https://api.example.com' : word))
      const [name = ''] = args
      // By itself in a text it only stands for the command.
      if (inline && (name === '' || (args.length === 1 && commands.some((one) => one.name === name)))) continue
      if (parsedOnly(line)) {
        await parse(args).catch((error: Error) => problems.push(`${where}: ${typed}: ${error.message}`))
        continue
      }
      const { code, stderr } = await polypool(args, { cwd: project(name === 'init' ? {} : files) })
      ran.push(typed)
      if (code === 2) problems.push(`${where}: ${typed}: ${stderr}`)
    }
    expect(problems).toEqual([])
    expect(ran.length).toBeGreaterThan(40)
  })
})
