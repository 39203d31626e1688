import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { commandLine, didYouMean, type Extension, isOfCommonJs, shadowedBy } from 'polypool/internal'
import { type Io, Misuse } from '../io.ts'
import { colorsFor, examples, toJson } from '../output.ts'
import { schemaFrom, writeUserFile } from '../reading/shared/write-file.ts'
import { templateFor, templateFormats } from './init/template.ts'
import { fileName } from './shared/load-config.ts'

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
    [`${commandLine} init`, 'polypool.config.yaml'],
    [`${commandLine} init --format ts`, 'polypool.config.ts, checked by TypeScript'],
    [`${commandLine} init .config/polypool.toml`, 'another place that is found, too'],
  ])
}

async function init(given: string | undefined, options: Options, io: Io): Promise<void> {
  const format = formatOf(given, options.format)
  const file = path.resolve(io.cwd, given ?? `polypool.config.${format}`)
  const name = fileName(file, io)
  const text = templateFor(format, schemaFrom(file, io.cwd), isOfCommonJs(pathToFileURL(file)))
  await writeUserFile(file, text, { cwd: io.cwd, force: options.force === true, name })
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
  io.stdout(`Next: ${commandLine} check shows what it means, ${commandLine} explain <client> the code to paste.\n`)
}

function formatOf(file: string | undefined, wanted: string | undefined): Extension {
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
  const hint = didYouMean(format, templateFormats) ?? `use one of ${templateFormats.join(', ')}`
  throw new Misuse(`${JSON.stringify(format)} is no format of config files: ${hint}`, { format, formats: templateFormats })
}
