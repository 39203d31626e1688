import path from 'node:path'
import { type Extension, extensions, literal } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { asked } from '../../reading/javascript/reading.ts'
import { poolName, uniqueNames } from '../../reading/shared/pool-names.ts'
import { written } from '../../reading/shared/written.ts'
import { unknownText } from './code.ts'
import type { Move } from './migrate.ts'

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

const commonJs: Writer = {
  ...module,
  head: () => ["/** @type {import('polypool').PoolsConfig} */", 'module.exports = {', '  pools: {'],
  foot: ['  },', '}'],
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

const writers: { readonly [E in `.${Extension}`]: Writer | 'json' } = {
  '.yaml': yaml,
  '.yml': yaml,
  '.json': 'json',
  '.jsonc': jsonc,
  '.json5': jsonc,
  '.toml': toml,
  '.ts': module,
  '.mts': module,
  '.cts': commonJs,
  '.js': module,
  '.mjs': module,
  '.cjs': commonJs,
}

function writerFor(file: string): Writer | 'json' | undefined {
  const extension = extensions.find((known) => `.${known}` === path.extname(file).toLowerCase())
  return extension && writers[`.${extension}`]
}

/** Throws Misuse for a file whose name has no format that config files have: before the work, not after. */
export function assertFormat(file: string): void {
  if (writerFor(file) !== undefined) return
  throw new Misuse(`${file}: a config file ends in ${Object.keys(writers).join(', ')}`, { file })
}

/** A name for the pool of each place: that of its variable, or else of its file, or of the directory. */
export function nameMoves(moves: readonly Move[]): NamedMove[] {
  const bases = moves.map(({ name = '', file }) => {
    const { dir, name: stem } = path.parse(file)
    return [name, stem, path.basename(dir)].map((one) => poolName(one)).find((one) => !generic.has(one)) ?? 'pool'
  })
  const names = uniqueNames(bases)
  return moves.map((move, index) => ({ pool: names[index] ?? 'pool', move }))
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

/** The config file with a pool for each place. */
export function configText(pools: readonly NamedMove[], file: string, schema: string): string {
  const writer = writerFor(file) ?? 'json'
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
