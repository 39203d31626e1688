import type { Command } from 'commander'
import type { Note } from 'polypool'
import { commandLine } from 'polypool/internal'
import type { Io } from '../io.ts'
import { colorsFor, examples, printable, toJson } from '../output.ts'
import { dialectNames, dialectOf } from '../reading/python/dialects.ts'
import { readable, withoutPasswords, written } from '../reading/shared/written.ts'
import { dialectNamed } from './shared/dialects.ts'
import { fileName, poolNamed, readConfig } from './shared/load-config.ts'

interface Options {
  readonly pool: string
  readonly config?: string
  readonly json?: boolean
}

export function registerExport(program: Command, io: Io): void {
  const command = program
    .command('export')
    .description(
      "Prints the Python that makes a pool's config with one library, and as comments what that library can't express.",
    )
    .argument('<dialect>', dialectNames.join(', '))
    .option('--pool <name>', 'pool of the config file', 'default')
    .option('--config <file>', 'config file; without it, the nearest one, or the defaults')
    .action((dialect: string, options: Options) => exportPool(dialect, options, io))
  examples(command, [
    [`${commandLine} export httpx`, 'the default pool'],
    [`${commandLine} export aiohttp --pool payments > pool.py`, 'another one, as a file'],
    [`${commandLine} export urllib3 --config limits.toml --json`, 'for programs'],
  ])
}

async function exportPool(name: string, options: Options, io: Io): Promise<void> {
  const dialect = dialectNamed(name)
  const { file, pools } = await readConfig(io, options.config)
  const { explicit } = poolNamed(pools, options.pool)
  const { settings, code, notes } = dialectOf(dialect).write(withoutPasswords(explicit))
  if (options.json) {
    const source = file === null ? null : fileName(file, io)
    io.stdout(
      toJson({ dialect, pool: options.pool, file: source, config: written(explicit), settings: readable(settings), code, notes }),
    )
    return
  }
  io.stdout(`${printable(code).trimEnd()}\n${comments(dialect, notes, io)}`)
}

/** What is left to say, as comments: the output is Python as a whole. */
function comments(dialect: string, notes: readonly Note[], io: Io): string {
  if (notes.length === 0) return ''
  const { dim } = colorsFor(io)
  const lines = [
    `What ${dialect} can't express, or only in part:`,
    ...notes.map(({ field, message }) => `- ${message.startsWith(`${field}:`) ? '' : `${field}: `}${message}`),
  ]
  return `\n${lines.map((line) => `${dim(`# ${printable(line.replace(/\s+/g, ' '))}`)}\n`).join('')}`
}
