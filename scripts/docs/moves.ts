import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { run } from '../../cli/src/main.ts'
import { commandLine } from '../../src/text/command-line.ts'
import { root } from '../root.ts'
import { limit, type MovePage, moves } from './moves/pages.ts'
import { type Seen, seenOf } from './moves/wire.ts'

/** A page for each move that people make, and their list. */
export async function movePages(): Promise<{ readonly file: string; readonly content: string }[]> {
  const pages: { file: string; content: string }[] = [{ file: 'docs/moves/index.md', content: indexPage() }]
  for (const move of moves) {
    pages.push({ file: `docs/moves/${move.name}.md`, content: await pageOf(move) })
    if (move.configFile) pages.push({ file: `examples/moves/${move.configFile}`, content: await printed(move) })
  }
  return pages
}

function indexPage(): string {
  return `${[
    '# Move an application',
    'Each page shows an application before and after the move, what the command prints for it, and what a server sees of both. The commands and the applications are run when the page is generated.',
    ['| move | |', '|---|---|', ...moves.map(({ name, title, lead }) => `| [${title}](${name}.md) | ${lead} |`)].join('\n'),
    `\`${commandLine} migrate --diff .\` shows the edits that can be made automatically; see [Command line](../cli.md).`,
  ].join('\n\n')}\n`
}

const fence = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``

async function pageOf(move: MovePage): Promise<string> {
  const { title, lead, before, after, command, said, changes } = move
  const shown = after.flatMap(([file, what]) => [`After, ${what}:`, fence(languageOf(file), sourceOf(file))])
  return `${[
    `# ${title}`,
    lead,
    `Before, [examples/moves/${before}](../../examples/moves/${before}):`,
    fence(languageOf(before), sourceOf(before)),
    fence('sh', `${commandLine} ${command.join(' ')}`),
    fence(command.includes('--diff') ? 'diff' : command[0] === 'import' ? 'yaml' : 'text', await printed(move)),
    said,
    ...shown,
    '## What changes on the wire',
    ...(await wireOf(move)),
    changes.map((one) => `- ${one}`).join('\n'),
    'All moves: [Move an application](index.md).',
  ].join('\n\n')}\n`
}

function sourceOf(file: string): string {
  return readFileSync(new URL(`examples/moves/${file}`, root), 'utf8')
}

function languageOf(file: string): string {
  // Not `js`: those are run as examples by themselves.
  return file.endsWith('.py') ? 'python' : 'javascript'
}

/** What the command prints, where the example is. */
function printed({ command, before }: MovePage): Promise<string> {
  return outputOf(command, path.dirname(fileURLToPath(new URL(`examples/moves/${before}`, root))))
}

async function outputOf(command: readonly string[], cwd: string): Promise<string> {
  let text = ''
  const stdout = (part: string) => {
    text += part
  }
  const io = { stdout, stderr: () => {}, stdin: async () => '', isTTY: false, isErrTTY: false, columns: 100, env: {}, cwd }
  await run(command, io)
  return text
}

async function wireOf(move: MovePage): Promise<string[]> {
  const { before, after } = move
  if (before.endsWith('.py')) {
    for (const [file] of after) await seenOf(new URL(`examples/moves/${file}`, root), limit)
    return []
  }
  const runs: [what: string, seen: Seen][] = [['before', await seenOf(new URL(`examples/moves/${before}`, root), limit)]]
  for (const [file, what] of after) runs.push([what, await seenOf(new URL(`examples/moves/${file}`, root), limit)])
  if (after.length === 0) runs.push(['after', await seenRewritten(before)])
  return [wireTable(runs)]
}

/** As `migrate --write` leaves it. */
async function seenRewritten(before: string): Promise<Seen> {
  const folder = mkdtempSync(path.join(tmpdir(), 'polypool-move-'))
  try {
    const file = path.join(folder, path.basename(before))
    writeFileSync(file, sourceOf(before))
    symlinkSync(fileURLToPath(new URL('node_modules', root)), path.join(folder, 'node_modules'), 'junction')
    await outputOf(['migrate', '--write', path.basename(before)], folder)
    if (readFileSync(file, 'utf8') === sourceOf(before)) throw new Error(`${before} was not rewritten`)
    return await seenOf(pathToFileURL(file), limit)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function wireTable(runs: readonly (readonly [what: string, seen: Seen])[]): string {
  const [first] = runs
  const names = [...new Set(runs.flatMap(([, { headers }]) => headers.map(([name]) => name)))]
  const cell = ({ headers }: Seen, name: string) => {
    const value = headers.find(([one]) => one === name)?.[1]
    return value === undefined ? '–' : `\`${value}\``
  }
  const differing = names.filter((name) => new Set(runs.map(([, seen]) => cell(seen, name))).size > 1)
  const rows = [
    ['', ...runs.map(([what]) => what)],
    ['---', ...runs.map(() => '---')],
    ['connections, of 12 requests at once', ...runs.map(([, seen]) => String(seen.connections))],
    ['at a time at most', ...runs.map(([, seen]) => String(seen.mostAtATime))],
    ['the answers', ...runs.map(([, seen]) => (sameAs(seen, first?.[1]) ? 'the same' : 'others'))],
    ...differing.map((name) => [`header \`${name}\``, ...runs.map(([, seen]) => cell(seen, name))]),
  ]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function sameAs(one: Seen, other: Seen | undefined): boolean {
  return JSON.stringify(one.answers) === JSON.stringify(other?.answers)
}
