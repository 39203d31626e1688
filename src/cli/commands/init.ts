import fs from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { nearest } from '../../config/similar.ts'
import { shadowedBy } from '../../files/discover.ts'
import { type Io, Misuse } from '../io.ts'
import { fileName } from '../load-config.ts'
import { colorsFor, examples, toJson } from '../output.ts'
import { type TemplateFormat, templateFor, templateFormats } from '../template.ts'

interface Options {
  readonly format?: string
  readonly force?: boolean
  readonly json?: boolean
}

export function registerInit(program: Command, io: Io): void {
  const command = program
    .command('init')
    .description('Writes a config file to start from: every field with its meaning, its trap and its default.')
    .argument('[file]', 'where to write it (default: polypool.config.<format>)')
    .option('--format <format>', `${templateFormats.join(', ')} (default: as the file's name says, or yaml)`)
    .option('--force', 'overwrite a file that is there')
    .action((file: string | undefined, options: Options) => init(file, options, io))
  examples(command, [
    ['polypool init', 'polypool.config.yaml'],
    ['polypool init --format ts', 'polypool.config.ts, checked by TypeScript'],
    ['polypool init .config/polypool.toml', 'another place that is found, too'],
  ])
}

async function init(given: string | undefined, options: Options, io: Io): Promise<void> {
  const format = formatOf(given, options.format)
  const file = path.resolve(io.cwd, given ?? `polypool.config.${format}`)
  const name = fileName(file, io)
  await write(file, name, templateFor(format, schemaFrom(file, io.cwd)), options.force === true)
  const others = shadowedBy(file).map((other) => fileName(other, io))
  if (options.json) {
    io.stdout(toJson({ file, format, others }))
    return
  }
  const { green, yellow } = colorsFor(io)
  io.stdout(`${green('written:')} ${name}\n`)
  if (others.length > 0) {
    const are = others.length === 1 ? 'is' : 'are'
    io.stderr(`${yellow('warning:')} ${others.join(', ')} ${are} there too, and only one file is read: keep one\n`)
  }
  io.stdout('Next: polypool check shows what it means, polypool explain <client> the code to paste.\n')
}

function formatOf(file: string | undefined, wanted: string | undefined): TemplateFormat {
  const extension = file === undefined ? '' : path.extname(file).slice(1).toLowerCase()
  if (wanted !== undefined && extension !== '' && wanted !== extension) {
    throw new Misuse(`--format ${wanted} does not fit ${file}: leave one of them out`, { format: wanted, file })
  }
  if (wanted === undefined && file !== undefined && extension === '') {
    throw new Misuse(`${file} has no extension: use one of ${templateFormats.map((one) => `.${one}`).join(', ')}`, { file })
  }
  const format = wanted ?? (extension || 'yaml')
  const known = templateFormats.find((one) => one === format)
  if (known !== undefined) return known
  const guess = nearest(format, templateFormats)
  throw new Misuse(
    `${JSON.stringify(format)} is no format of config files: ${guess ? `did you mean ${guess}?` : `use one of ${templateFormats.join(', ')}`}`,
    { format, formats: templateFormats },
  )
}

async function write(file: string, name: string, text: string, force: boolean): Promise<void> {
  try {
    // `wx` refuses in the same step that creates: nothing can come in between.
    await fs.writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Misuse(`${name} ${problemOf(code)}`, { file, code }, { cause: error })
  }
}

function problemOf(code: string | undefined): string {
  switch (code) {
    case 'EEXIST':
      return 'is there already: use --force to overwrite it'
    case 'EISDIR':
      return 'is a directory: name a file'
    case 'ENOENT':
    case 'ENOTDIR':
      return "can't be written: its directory does not exist"
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return "can't be written: permission denied"
    default:
      return `can't be written (${code})`
  }
}

/** The schema of the package that the project has installed, seen from the file. */
function schemaFrom(file: string, cwd: string): string {
  const schema = path.relative(path.dirname(file), path.join(cwd, 'node_modules/polypool/dist/schema.json'))
  const portable = schema.split(path.sep).join('/')
  return portable.startsWith('.') ? portable : `./${portable}`
}
