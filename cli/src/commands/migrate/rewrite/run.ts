import fs from 'node:fs/promises'
import path from 'node:path'
import { type ClientName, counted } from 'polypool/internal'
import { parseDocument } from 'yaml'
import { Findings, type Io, Misuse } from '../../../io.ts'
import { moduleUrl } from '../../../module-url.ts'
import { colorsFor, printable, toJson } from '../../../output.ts'
import { readSources } from '../../../reading/javascript/read-sources.ts'
import { poolsText } from '../../../reading/shared/config-file.ts'
import { type Problem, showProblem } from '../../../reading/shared/problems.ts'
import type { SourceText } from '../../../reading/shared/read-texts.ts'
import { schemaFrom } from '../../../reading/shared/write-file.ts'
import { written } from '../../../reading/shared/written.ts'
import { poolNamesFor } from '../config-file.ts'
import { EsmFinder } from './esm.ts'
import { type LeftPlace, type RewriteTask, type Rewritten, type RewrittenPlace, slots as slotsIn } from './rewrite.ts'
import { edited, unifiedDiff } from './text-edits.ts'

export interface RewriteOptions {
  readonly from: ClientName | undefined
  readonly write: boolean
  readonly diff: boolean
  readonly configFile: string | undefined
  readonly json: boolean
}

/** A file with its edits, in which every pool has its name. */
interface Named extends Rewritten {
  readonly pools: readonly { readonly name: string; readonly place: RewrittenPlace }[]
}

/** Edits the sources where the client stays, or shows how. */
export async function rewrite(
  texts: Iterable<SourceText>,
  total: number,
  problems: Problem[],
  options: RewriteOptions,
  io: Io,
): Promise<void> {
  const { configFile } = options
  const known = configFile === undefined ? undefined : await configAt(configFile, io)
  const esm = new EsmFinder()
  const task = (name: string): RewriteTask => ({
    from: options.from,
    toFile: configFile !== undefined,
    awaits: esm.isModule(path.resolve(io.cwd, name)),
  })
  const worker = moduleUrl('./worker', import.meta.url)
  const { found, problems: unread } = await readSources<RewriteTask, Rewritten>(texts, total, worker, task, io)
  const files = nameAll(found, known?.names ?? [])
  const all = [...problems, ...unread]
  if (options.write) await writeAll(files, known, io)
  if (options.json) io.stdout(toJson({ files: files.map(jsonOf), problems: all }))
  else {
    if (options.diff) for (const file of files) io.stdout(printableDiff(unifiedDiff(file.file, file.text, file.edits)))
    tell(files, all, options, io)
  }
  if (all.length > 0) throw new Findings()
}

interface ConfigFile {
  readonly file: string
  /** As it is, if it is there. */
  readonly text: string | undefined
  readonly names: readonly string[]
}

async function configAt(file: string, { cwd }: Io): Promise<ConfigFile> {
  if (!/\.ya?ml$/i.test(file)) throw new Misuse(`--config-file ${file}: it is written as YAML: name it *.yaml or *.yml`, { file })
  const text = await fs.readFile(path.resolve(cwd, file), 'utf8').catch(() => undefined)
  if (text === undefined) return { file, text, names: [] }
  const document = parseDocument(text)
  const { pools } = (document.errors.length > 0 ? {} : (document.toJS() ?? {})) as { readonly pools?: unknown }
  if (typeof pools !== 'object' || pools === null)
    throw new Misuse(`--config-file ${file}: it has no pools to which others could be added`, { file })
  return { file, text, names: Object.keys(pools) }
}

function nameAll(found: readonly Rewritten[], taken: readonly string[]): Named[] {
  const wanting = found.flatMap(({ file, places }) =>
    places.flatMap((place) => (place.pool ? [{ file, ...(place.name === undefined ? {} : { name: place.name }), place }] : [])),
  )
  const names = new Map(poolNamesFor(wanting, taken).map((name, index) => [wanting[index]?.place, name]))
  return found.map((one) => {
    const pools = one.places.flatMap((place) => ({ name: names.get(place) ?? '', place })).filter(({ place }) => place.pool)
    const slots = new Map(pools.map(({ name, place }) => [place.pool?.slot ?? '', name]))
    const filled = (text: string) => text.replace(slotsIn, (slot) => slots.get(slot) ?? slot)
    return { ...one, edits: one.edits.map((edit) => ({ ...edit, text: filled(edit.text) })), pools }
  })
}

async function writeAll(files: readonly Named[], config: ConfigFile | undefined, { cwd }: Io): Promise<void> {
  const pools = files.flatMap((file) => file.pools.map((pool) => ({ ...pool, file: file.file })))
  if (config && pools.length > 0) {
    await fs.writeFile(path.resolve(cwd, config.file), configText(config, pools, cwd))
  }
  for (const { file, text, edits } of files)
    if (edits.length > 0) await fs.writeFile(path.resolve(cwd, file), edited(text, edits))
}

/** The config file with more pools; what is in it stays as it is written. */
function configText(
  { file, text }: ConfigFile,
  pools: readonly { readonly name: string; readonly place: RewrittenPlace; readonly file: string }[],
  cwd: string,
): string {
  const all = pools.map(({ name, place, file: source }) => ({
    name,
    comments: [`${source}:${place.line} ${place.label}`],
    config: place.pool?.config ?? {},
  }))
  if (text === undefined) return poolsText(all, file, schemaFrom(file, cwd))
  const document = parseDocument(text)
  for (const { name, config } of all) document.setIn(['pools', name], document.createNode(written(config)))
  return document.toString({ lineWidth: 0 })
}

function jsonOf({ file, text, edits, places, left, pools }: Named): object {
  const names = new Map(pools.map(({ name, place }) => [place, name]))
  return {
    file,
    places: places.map(({ pool, ...place }) => ({
      ...place,
      ...(pool
        ? { pool: names.get(places.find((one) => one.pool === pool) as RewrittenPlace), config: written(pool.config) }
        : {}),
    })),
    left,
    diff: unifiedDiff(file, text, edits),
  }
}

/** What is not the user's own text was written here, so that only control characters of terminals are kept out. */
function printableDiff(diff: string): string {
  return diff
    .split('\n')
    .map((line) => (line.endsWith('\r') ? `${printable(line.slice(0, -1))}\r` : printable(line)))
    .join('\n')
}

function tell(files: readonly Named[], problems: readonly Problem[], options: RewriteOptions, io: Io): void {
  const { bold, dim, green, yellow } = colorsFor(io)
  // A diff is to be piped on.
  const say = options.diff ? io.stderr : io.stdout
  for (const { file, places, left } of files) {
    for (const place of places) say(`${bold(at(file, place))}  ${place.label} → polypool/${place.adapter}\n${notesOf(place)}`)
    for (const place of left) say(`${bold(at(file, place))}  ${place.label} ${yellow('left:')} ${printable(reasonOf(place))}\n`)
  }
  for (const problem of problems) say(`${yellow('warning:')} ${printable(showProblem(problem))}\n`)
  const changed = files.filter(({ edits }) => edits.length > 0)
  const count = changed.reduce((sum, { places }) => sum + places.length, 0)
  const leftOver = files.reduce((sum, { left }) => sum + left.length, 0)
  if (count + leftOver === 0) say('no place was found where an agent or a dispatcher is made\n')
  else {
    const did = options.write ? green('written:') : 'to be written:'
    say(`${did} ${counted(count, 'place')} in ${counted(changed.length, 'file')}, ${leftOver} left as they are\n`)
    const pools = files.flatMap((file) => file.pools.map(({ name }) => name))
    if (pools.length > 0) say(`${did} ${printable(options.configFile ?? '')} with the pools ${pools.join(', ')}\n`)
    if (!options.write) say(dim('--write does it\n'))
  }
}

function at(file: string, { line, column }: { line: number; column: number }): string {
  return `${printable(file)}:${line}:${column}`
}

function notesOf({ notes }: RewrittenPlace): string {
  return notes.map(({ field, message }) => `  - ${printable(field)}: ${printable(message)}\n`).join('')
}

function reasonOf({ reason, because }: LeftPlace): string {
  return because === undefined ? reason : `${reason} (line ${because})`
}
