import fs from 'node:fs/promises'
import path from 'node:path'
import { literal } from '../../code.ts'
import { type Io, Misuse } from '../../io.ts'
import { written } from '../../written.ts'
import { unknownText } from './code.ts'
import type { Move } from './migrate.ts'
import { asked } from './reading.ts'

/** A pool of the file, and the place that it comes from. */
export interface NamedMove {
  readonly pool: string
  readonly move: Move
}

/** How one format writes a pool. Fields stand one on a line; comments tell what is unknown. */
interface Writer {
  readonly comment: string | undefined
  readonly indent: string
  head(schema: string): string[]
  open(pool: string): string[]
  entry(field: string, value: unknown): string
  readonly close: readonly string[]
  readonly foot: readonly string[]
}

const yaml: Writer = {
  comment: '#',
  indent: '    ',
  head: (schema) => [`# yaml-language-server: $schema=${schema}`, 'pools:'],
  open: (pool) => [`  ${pool}:`],
  entry: (field, value) => `${field}: ${String(value)}`,
  close: [],
  foot: [],
}

const jsonc: Writer = {
  comment: '//',
  indent: '      ',
  head: (schema) => ['{', `  "$schema": ${JSON.stringify(schema)},`, '  "pools": {'],
  open: (pool) => [`    ${JSON.stringify(pool)}: {`],
  entry: (field, value) => `${JSON.stringify(field)}: ${JSON.stringify(value)},`,
  close: ['    },'],
  foot: ['  }', '}'],
}

const module: Writer = {
  comment: '//',
  indent: '      ',
  head: () => ["import { definePools } from 'polypool'", '', 'export default definePools({', '  pools: {'],
  open: (pool) => [`    ${/^\w+$/.test(pool) ? pool : literal(pool)}: {`],
  entry: (field, value) => `${field}: ${literal(value)},`,
  close: ['    },'],
  foot: ['  },', '})'],
}

const toml: Writer = {
  comment: '#',
  indent: '',
  head: (schema) => [`#:schema ${schema}`],
  open: (pool) => ['', `[pools.${pool}]`],
  entry: (field, value) => `${field} = ${JSON.stringify(value)}`,
  close: [],
  foot: [],
}

const writers: { readonly [extension: string]: Writer | 'json' } = {
  '.yaml': yaml,
  '.yml': yaml,
  '.json': 'json',
  '.jsonc': jsonc,
  '.toml': toml,
  '.ts': module,
  '.mts': module,
  '.js': module,
  '.mjs': module,
}

/** Throws Misuse for a file whose name has no format that config files have: before the work, not after. */
export function assertFormat(file: string): void {
  if (Object.hasOwn(writers, path.extname(file).toLowerCase())) return
  throw new Misuse(`${file}: a config file ends in ${Object.keys(writers).join(', ')}`, { file })
}

/** A name for the pool of each place: that of its variable, or else of its file, or of the directory. */
export function namePools(moves: readonly Move[]): NamedMove[] {
  const taken = new Map<string, number>()
  return moves.map((move) => {
    const { dir, name: file } = path.parse(move.file)
    const base = [move.name ?? '', file, path.basename(dir)].map(plainName).find((name) => !generic.has(name)) ?? 'pool'
    const count = (taken.get(base) ?? 0) + 1
    taken.set(base, count)
    return { pool: count === 1 ? base : `${base}-${count}`, move }
  })
}

/** Names that say nothing; `default` is the pool that every other one inherits from. */
const generic = new Set([
  '',
  'default',
  'api',
  'agent',
  'client',
  'dispatcher',
  'pool',
  'instance',
  'index',
  'main',
  'http',
  'https',
  'axios',
  'got',
  'fetch',
  'stdin',
])

/** `paymentsHttpsAgent` is `payments`. */
function plainName(name: string): string {
  return name
    .replace(/(?<=.)(?:https?)?(?:agent|client|dispatcher|pool|api)$/i, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
}

/** The config file with a pool for each place. */
export function configText(pools: readonly NamedMove[], file: string, schema: string): string {
  const writer = writers[path.extname(file).toLowerCase()] ?? 'json'
  if (writer === 'json') {
    const entries = pools.map(({ pool, move }) => [pool, written(asked(move.config))])
    return `${JSON.stringify({ $schema: schema, pools: Object.fromEntries(entries) }, null, 2)}\n`
  }
  const { comment, indent, head, open, entry, close, foot } = writer
  const lines = pools.flatMap(({ pool, move }) => {
    const { file: source, line, place, config, unknown } = move
    const comments = [`${source}:${line} ${place}`, ...unknown.map(({ field, sources }) => `${field}: ${unknownText(sources)}`)]
    return [
      ...open(pool),
      ...comments.map((text) => `${indent}${comment} ${text.replace(/\s+/g, ' ')}`),
      ...Object.entries(written(asked(config))).map(([field, value]) => indent + entry(field, value)),
      ...close,
    ]
  })
  return `${[...head(schema), ...lines, ...foot].join('\n')}\n`
}

/** Writes the file; one that is there is kept unless `force` says otherwise. */
export async function writeConfig(file: string, text: string, force: boolean, { cwd }: Pick<Io, 'cwd'>): Promise<void> {
  try {
    // `wx` refuses in the same step that creates: nothing can come in between.
    await fs.writeFile(path.resolve(cwd, file), text, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'is there already: use --force to overwrite it' : `can't be written (${code})`
    throw new Misuse(`${file} ${why}`, { file, code }, { cause })
  }
}
