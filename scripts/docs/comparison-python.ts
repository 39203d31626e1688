import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { readPython } from '../../cli/src/reading/python/read-file.ts'
import { written } from '../../cli/src/reading/shared/written.ts'
import { fieldNames } from '../../src/config/fields.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { defaultOf } from '../../src/dialects/defaults.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { DialectSupport, Fact } from '../../src/dialects/types.ts'
import { allOf } from '../../src/text/list.ts'
import { root } from '../root.ts'
import {
  type Answer,
  asked,
  code,
  fence,
  fieldsOf,
  type Question,
  questions,
  type Summary,
  signs,
  table,
} from './comparison-summary.ts'

/** The libraries of the comparison; SQLAlchemy pools no HTTP connections. */
export const libraries = ['httpx', 'requestx', 'urllib3', 'requests', 'aiohttp', 'pycurl'] as const
export type Library = (typeof libraries)[number]

export function summariseLibrary(library: Library): Summary {
  const { support } = dialects[library]
  return {
    name: library,
    heading: library,
    poolClass: code(support.poolClass.split(',')[0] ?? ''),
    answers: Object.fromEntries(asked.map((question) => [question, answerOf(question, support)])) as Summary['answers'],
  }
}

function answerOf(question: Question, { facts, fields }: DialectSupport): Answer {
  const { keyword, default: value, text = '' }: Fact = facts[question]
  const brief = text === '' ? {} : { brief: keyword === null ? text : `(${text})` }
  if (keyword === null) return { keyword, default: '', support: 'unsupported', text, ...brief }
  const field = fieldsOf[question].find((candidate) => fields[candidate].keywords.includes(keyword))
  if (field === undefined) throw new Error(`${keyword} is declared for ${question}, but for none of its fields`)
  return { keyword, default: code(python(value)), support: fields[field].support, text, ...brief }
}

/** A library's chapter: what it says itself, and what becomes of it. */
export function libraryChapter(library: Library): string {
  const { support } = dialects[library]
  const [poolClass = '', ...where] = support.poolClass.split(',')
  const rows = asked.map((question) => {
    const { keyword, default: value, support: sign, text } = answerOf(question, support)
    return [
      questions[question],
      keyword === null ? 'none' : code(keyword),
      keyword === null ? '–' : value,
      `${signs[sign]} ${text}`.trim(),
    ]
  })
  return [
    table(
      ['', 'own setting', 'default', 'what to know'],
      [['pool class', code(poolClass), '–', where.join(',').trim()], ...rows],
    ),
    `Its own configuration ([${fileOf(library).split('/').at(-1)}](../${fileOf(library)})):`,
    fence('python', sourceOf(library)),
    'As a polypool config, for every client of Node:',
    fence('yaml', stringify(written(inOrder(configOf(library))))),
    'Key parameters, and what becomes of them:',
    parameters(library, support),
    shortfalls(support),
    `Where the defaults are from: ${sourcesOf(library).map(sourceLink).join(', ')}.`,
  ].join('\n\n')
}

const fileOf = (library: Library) => `examples/comparison/${library}_pool.py`

export function sourceOf(library: Library): string {
  return readFileSync(new URL(fileOf(library), root), 'utf8')
}

/** A setting of an example, nested as the library's own arguments are. */
interface Settings {
  [key: string]: string | number | boolean | null | Settings
}

/** What the example sets; the handles of pycurl are used together. */
export function settingsOf(library: Library): Settings {
  const settings: Settings = {}
  for (const { settings: found } of readPython(fileOf(library), sourceOf(library)).places) {
    for (const { path, value } of found) if (value.kind === 'known') put(settings, path.split('.'), value.value)
  }
  return settings
}

function put(settings: Settings, [key = '', ...rest]: readonly string[], value: Settings[string]): void {
  if (rest.length === 0) {
    settings[key] = value
    return
  }
  const inner = settings[key]
  const group: Settings = typeof inner === 'object' && inner !== null ? inner : {}
  settings[key] = group
  put(group, rest, value)
}

/** What the library does with the settings of the example. */
function configOf(library: Library): PoolConfig {
  return dialects[library].read(settingsOf(library)).config
}

function inOrder(config: PoolConfig): PoolConfig {
  return Object.fromEntries(fieldNames.filter((field) => field in config).map((field) => [field, config[field]]))
}

function parameters(library: Library, { settings }: DialectSupport): string {
  return Object.entries(settings)
    .map(([key, { fields, support, message }]) => {
      const value = defaultText(library, key)
      const becomes = fields.length === 0 ? [] : [allOf(fields.map(code))]
      const text = [...becomes, ...(message === '' ? [] : [`${signs[support]} ${message}`])].join(' ')
      return `- ${code(key)}${value === '' ? '' : ` (default: ${value})`}: ${text}`
    })
    .join('\n')
}

/** What holds when nothing of the group is given, and when the group is given without this one. */
function defaultText(library: Library, key: string): string {
  const { defaults } = dialects[library].support
  const partly = defaultOf(defaults, key)
  const [group = '', child] = key.split('.')
  const whole = child === undefined ? undefined : defaultOf(defaults, group)
  if (child === undefined || typeof whole !== 'object' || whole === null) return partly === undefined ? '' : code(python(partly))
  const value = Object.entries(whole).find(([name]) => name === child)?.[1]
  if (value === undefined || partly === undefined || value === partly) {
    const one = value ?? partly
    return one === undefined ? '' : code(python(one))
  }
  return `${code(python(value))}, but ${code(python(partly))} where ${code(group)} is given without it`
}

/** As Python writes it. */
function python(value: unknown): string {
  if (value === null) return 'None'
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}

function shortfalls({ fields }: DialectSupport): string {
  const missing = fieldNames.filter((field) => fields[field].support === 'unsupported')
  return `No setting of its own for ${allOf(missing.map(code))}.`
}

function sourcesOf(library: Library): string[] {
  const { settings, fixed } = dialects[library].support.defaults
  const rows = [...Object.values(settings), ...Object.values(fixed)].flat()
  return [...new Set(rows.map(({ source }) => source))]
}

/** A file by its repository and tag, a page by its own name. */
function sourceLink(url: string): string {
  const [, repository, tag, path] = /^https:\/\/github\.com\/[^/]+\/([^/]+)\/blob\/([^/]+)\/(.+)$/.exec(url) ?? []
  const name = new URL(url).pathname
    .split('/')
    .at(-1)
    ?.replace(/\.html$/, '')
  return `[${path === undefined ? name : `${path.split('/').at(-1)} of ${repository} ${tag?.replace(/^([0-9a-f]{8})[0-9a-f]{32}$/, '$1')}`}](${url})`
}
