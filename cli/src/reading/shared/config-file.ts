import path from 'node:path'
import type { PoolConfig } from 'polypool'
import { type Extension, extensions, literal } from 'polypool/internal'
import { stringify } from 'yaml'
import { Misuse } from '../../io.ts'
import { printable } from '../../output.ts'
import { written } from './written.ts'

/** A pool of a config file, with what a reader should know of it. */
export interface FilePool {
  readonly name: string
  /** Where it comes from, and what of it is unknown. */
  readonly comments: readonly string[]
  readonly config: PoolConfig
  /** For fields where their values come from. */
  readonly origins?: { readonly [field: string]: string }
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
  open: (pool) => [`  ${yamlScalar(pool)}:`],
  entry: (field, value) => `${field}: ${yamlScalar(value)}`,
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
  entry: (field, value) => `${field} = ${tomlValue(value)}`,
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

/** The config file with these pools, in the format that its name says. JSON has no comments. */
export function poolsText(pools: readonly FilePool[], file: string, schema: string): string {
  const writer = writerFor(file) ?? 'json'
  if (writer === 'json') {
    const entries = pools.map(({ name, config }) => [name, written(config)])
    return `${JSON.stringify({ $schema: schema, pools: Object.fromEntries(entries) }, null, 2)}\n`
  }
  const { comment, indent, head, open, entry, close, foot } = writer
  const lines = pools.flatMap(({ name, comments, config }) => [
    ...open(name),
    ...comments.map((text) => `${indent}${comment} ${onOneLine(text)}`),
    ...Object.entries(written(config)).map(([field, value]) => indent + entry(field, value)),
    ...close,
  ])
  return `${[...head(schema), ...lines, ...foot].join('\n')}\n`
}

/**
 * The same as YAML to be read by people: comments above the pools, and behind each value where it comes from.
 * @param schema where the JSON schema lies, seen from the file; without it the file does not name one
 */
export function explainedYaml(pools: readonly FilePool[], schema?: string): string {
  const lines = pools.flatMap(({ name, comments, config, origins = {} }, index) => {
    const entries = Object.entries(written(config)).map(([field, value]) => {
      const origin = origins[field]
      return `    ${yaml.entry(field, value)}${origin === undefined ? '' : ` # ${onOneLine(origin)}`}`
    })
    const [opening = ''] = yaml.open(name)
    return [
      ...(index > 0 ? [''] : []),
      ...comments.map((text) => `  # ${onOneLine(text)}`),
      entries.length === 0 ? `${opening} {}` : opening,
      ...entries,
    ]
  })
  const head = schema === undefined ? ['pools:'] : yaml.head(schema).flatMap((line, index) => (index === 0 ? [line, ''] : [line]))
  return `${[...head, ...lines].join('\n')}\n`
}

/** On one line: what has parts too, as comments can stand behind it. */
function yamlScalar(value: unknown): string {
  const isGroup = typeof value === 'object' && value !== null
  return stringify(value, { lineWidth: 0, ...(isGroup && { collectionStyle: 'flow' }) }).trimEnd()
}

/** Of groups inline tables. */
function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)} = ${tomlValue(one)}`)
  return `{ ${entries.join(', ')} }`
}

/** Whatever breaks lines, or steers a terminal, does not here. */
function onOneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}
