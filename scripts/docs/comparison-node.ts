import { readFileSync } from 'node:fs'
import { clients } from '../../src/clients/index.ts'
import type { ClientName } from '../../src/clients/types.ts'
import { formatDuration } from '../../src/config/durations.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { formatValue } from '../../src/config/format.ts'
import type { PoolConfigField, ResolvedPoolConfig } from '../../src/config/types.ts'
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
import { burst, exampleConfig, native, pooled, type Seen } from './comparison-wire.ts'

/** In the table of all clients, where there is no setting. */
const without: { readonly [Q in Question]?: string } = { block: 'always waits', acquireTimeout: 'none: no limit' }

export function summarise(client: ClientName): Summary {
  const { support: declared, pooling } = clients[client]
  const { client: name, fields } = declared
  const { settings, poolClasses, fallback } = pooling
  const answer = (question: Question): Answer => {
    const [first, ...others] = fieldsOf[question] as [PoolConfigField, ...PoolConfigField[]]
    const field = [first, ...others].find((candidate) => settings[candidate] !== undefined)
    const setting = field && settings[field]
    const { native: support, message = '' } = fields[field ?? first]
    if (field === undefined || setting === undefined) {
      const brief = without[question]
      return { keyword: null, default: '', support, text: message, ...(brief === undefined ? {} : { brief }) }
    }
    const value = setting.written ?? formatValue(field, setting.default as ResolvedPoolConfig[typeof field])
    const { [field]: otherwise } = fallback.settings
    const perHost = question === 'idleLimit' && field === 'maxIdleConnectionsPerHost'
    const text = withoutKeyword(message, setting.keyword)
    return {
      keyword: setting.keyword,
      default: value,
      support,
      text: perHost ? [fields[first].message, text].filter(Boolean).join('; ') : text,
      ...(perHost ? { brief: 'per host' } : {}),
      ...(otherwise === undefined
        ? {}
        : { brief: `(global agent: ${formatValue(field, otherwise as ResolvedPoolConfig[typeof field])})` }),
    }
  }
  return {
    name,
    heading: name,
    poolClass: poolClasses.map(code).join(', '),
    answers: Object.fromEntries(asked.map((question) => [question, answer(question)])) as Summary['answers'],
  }
}

/** The keyword has a column of its own. */
function withoutKeyword(message: string, keyword: string): string {
  if (message === keyword) return ''
  const rest = message.slice(keyword.length)
  return message.startsWith(keyword) && /^[; ]/.test(rest) ? rest.replace(/^;? /, '') : message
}

/** A client's chapter: its own configuration, the same with polypool, and what a server sees of both. */
export function chapter(client: ClientName): string {
  const { givenAs } = clients[client].pooling
  const { poolClass, answers } = summarise(client)
  const rows = asked.map((question) => {
    const { keyword, default: value, support: sign, text } = answers[question]
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
      [['pool class', poolClass, fallbackOf(client), `given as ${givenAs}`], ...rows],
    ),
    `Its own configuration (${link(client, 'native')}):`,
    example(client, 'native'),
    `The same with polypool (${link(client, 'polypool')}):`,
    example(client, 'polypool'),
    wire(native(clients[client].support)),
    'Key parameters:',
    parameters(client),
    shortfalls(client),
  ].join('\n\n')
}

/** What is used when no pool is given. */
function fallbackOf(client: ClientName): string {
  const { fallback, settings } = clients[client].pooling
  const changes = Object.entries(fallback.settings).map(([field, value]) =>
    code(`${settings[field as PoolConfigField]?.keyword}: ${value}`),
  )
  return [fallback.pool, ...(changes.length > 0 ? [`with ${allOf(changes)}`] : [])].join(' ')
}

const file = (client: ClientName, kind: 'native' | 'polypool') => `examples/comparison/${client}.${kind}.mjs`

function link(client: ClientName, kind: 'native' | 'polypool'): string {
  return `[${client}.${kind}.mjs](../${file(client, kind)})`
}

function example(client: ClientName, kind: 'native' | 'polypool'): string {
  return fence('js', readFileSync(new URL(file(client, kind), root), 'utf8'))
}

function wire(own: Seen): string {
  const { acquireTimeout } = exampleConfig
  const differing = (value: number, limit: number) => (value === limit ? String(value) : `**${value}**`)
  const wait = ({ refusal }: Seen) => (refusal === null ? '**without limit**' : `${acquireTimeout}, then ${code(refusal)}`)
  return table(
    [
      `${burst.requests} requests at once to each of ${burst.hosts} hosts, by ${burst.schemes.join(' and ')}: the servers see`,
      'own configuration',
      'polypool',
    ],
    [
      ['connections to one host at most', differing(own.perHost, pooled.perHost), String(pooled.perHost)],
      ['connections to all of them at most', differing(own.total, pooled.total), String(pooled.total)],
      ['connections to one host that stay open after', differing(own.idle, pooled.idle), String(pooled.idle)],
      ['an idle one closes after', formatDuration(own.expiry), formatDuration(pooled.expiry)],
      ['a request that finds no connection free waits', wait(own), wait(pooled)],
    ],
  )
}

/** Every other setting of the client with its default. */
function parameters(client: ClientName): string {
  const { support: declared, pooling } = clients[client]
  const { fields } = declared
  const { settings, parameters: further } = pooling
  const own = fieldNames.flatMap((field) => {
    const setting = settings[field]
    if (setting === undefined) return []
    const value = setting.written ?? formatValue(field, setting.default as ResolvedPoolConfig[typeof field])
    const { native: support, message = '' } = fields[field]
    const text = withoutKeyword(message, setting.keyword)
    const said = Object.values(fieldsOf).flat().includes(field) || text === setting.keyword || text === `${setting.keyword}: 0`
    return [
      `- ${code(setting.keyword)} (default: ${value}): ${code(field)}${said || text === '' ? '' : ` ${signs[support]} ${text}`}`,
    ]
  })
  // What goes by another class, or by an option of no pool.
  const elsewhere = fieldNames.flatMap((field) => {
    const { native: support, message = '' } = fields[field]
    const known = field in settings || support === 'unsupported' || Object.values(fieldsOf).flat().includes(field)
    return known ? [] : [`- ${code(field)}: ${signs[support]} ${message}`]
  })
  return [
    ...own,
    ...elsewhere,
    ...further.map(({ keyword, default: value, meaning }) => `- ${code(keyword)} (default: ${value}): ${meaning}`),
  ].join('\n')
}

/** What the table does not say already. */
function shortfalls(client: ClientName): string {
  const { fields, peer } = clients[client].support
  const inTable = new Set(Object.values(fieldsOf).flat())
  const missing = fieldNames.filter((field) => !inTable.has(field) && fields[field].native === 'unsupported')
  const page = `[what holds, field by field](clients/${client}.md#what-holds)`
  const versions = peer === null ? '' : ` Versions: ${peer.name} ${code(peer.range)}.`
  return `Its pool has no setting at all for ${allOf(missing.map(code))}. All of them: ${page}.${versions}`
}
