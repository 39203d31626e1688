import type { Note, PoolConfig, PoolConfigField } from 'polypool'
import { type ClientName, clients, fieldNames } from 'polypool/internal'
import type { Creating } from '../../../reading/javascript/model.ts'
import { isEnvironment, isPassedOn } from '../../../reading/javascript/native.ts'
import { asked, readPlace } from '../../../reading/javascript/reading.ts'
import { fieldsValue, plainValue, type Value } from '../../../reading/javascript/values.ts'
import { written } from '../../../reading/shared/written.ts'
import { fieldOf } from '../option-fields.ts'
import type { Entries, Entry, Left } from './entries.ts'
import { isLeft } from './entries.ts'

/** A property of the new code. */
export interface Line {
  /** As code, or undefined where only comments are left. */
  readonly code?: string
  readonly before: readonly string[]
  readonly after: string
}

/** What becomes of the options of one agent or dispatcher. */
export interface Carried {
  /** Fields that the source gives by expressions, in its order, then those that go without saying in the old client. */
  readonly config: readonly (Line & { readonly field?: PoolConfigField; readonly value?: unknown; readonly computed?: true })[]
  /** The second argument of createPool. */
  readonly native: readonly Line[]
  readonly notes: readonly Note[]
  /** The whole config, if the source tells all of it. */
  readonly known: PoolConfig | undefined
}

/** Options that are about pools and have no field of their own: what they do is in the reading. */
const onlyRead: { readonly [client in ClientName]?: readonly string[] } = {
  agentkeepalive: ['timeout', 'keepAliveTimeout', 'agentKeepAliveTimeoutBuffer'],
  undici: [
    'pipelining',
    'keepAliveMaxTimeout',
    'allowH2',
    'httpProxy',
    'httpsProxy',
    'proxyTunnel',
    'connect.keepAlive',
    'connect.allowH2',
  ],
}

/** What ProxyAgent of undici calls native options of a pool. */
const renamedByUndici: { readonly [option: string]: string } = { requestTls: 'connect', headers: 'proxyHeaders' }

/** A proxy that the constructor takes as an argument of its own, or in place of its options. */
export interface GivenProxy {
  readonly expression: string
  /** The same without secrets. */
  readonly shown: string
  readonly value: Value
}

/** What the options of a creation are as the config and the native options of a pool; or why they can't be carried over. */
export function carry({ creation, made }: Creating, entries: Entries, proxy: GivenProxy | undefined): Carried | Left {
  const { client } = creation
  const reader = new Reader(client)
  for (const entry of entries.list) {
    const left = reader.take(entry, '')
    if (left) return left
  }
  if (proxy) reader.give('proxy', client === 'undici' ? 'uri' : 'proxy', proxy)
  const options = fieldsValue(reader.options, [], '')
  const settings: Value = { ...made, options }
  const reading = readPlace({ client, settings, implicit: false }, clients[client])
  const undecided = reading.unknown[0]
  if (undecided) return { reason: `${undecided.field} hangs on ${undecided.sources[0] ?? 'something'}, which can't be told` }
  const refused = reading.notes.find(({ message }) => message.startsWith('left out, since a pool refuses it'))
  if (refused) return { reason: `${refused.field}: ${refused.message}` }
  return reader.finish(reading.config, reading.notes, entries.rest)
}

/** A number that every limit and duration takes, and nothing has by default. */
const someNumber = 7777

class Reader {
  readonly options = new Map<string, Value>()
  readonly #client: ClientName
  readonly #read: readonly string[]
  readonly #family: 'node' | 'undici'
  readonly #given: {
    readonly field: PoolConfigField
    readonly option: string
    readonly entry: Pick<Entry, 'expression' | 'shown' | 'value' | 'before' | 'after'>
  }[] = []
  readonly #native: Line[] = []
  readonly #connect: Line[] = []
  readonly #comments: string[] = []
  readonly #dropped: Note[] = []

  constructor(client: ClientName) {
    this.#client = client
    this.#family = client === 'undici' ? 'undici' : 'node'
    this.#read = onlyRead[client] ?? []
  }

  /** Takes one option; what can't be carried over is returned. */
  take(entry: Entry, group: '' | 'connect.'): Left | undefined {
    const { name, value, node } = entry
    if (name === undefined) return this.#takeSpread(entry, group)
    const option = `${group}${name}`
    const field = fieldOf(this.#client, option)
    if (option === 'proxyEnv') {
      if (!isEnvironment(value)) return { reason: `proxyEnv is ${short(entry.shown)}: set proxy by hand`, at: node }
      this.#set(option, value)
      return undefined
    }
    if (field !== undefined) {
      this.give(field, option, entry)
      return undefined
    }
    if (this.#read.includes(option)) {
      if (value.kind !== 'plain')
        return { reason: `${option} is ${short(entry.shown)}, and what it does in a pool hangs on its value`, at: node }
      this.#set(option, value)
      this.#comments.push(...entry.before, ...[entry.after].filter(Boolean))
      return undefined
    }
    return this.#passOn(entry, option, group)
  }

  give(field: PoolConfigField, option: string, { expression, shown, value, ...entry }: GivenProxy & Partial<Entry>): void {
    const { before = [], after = '' } = entry
    this.#given.push({ field, option, entry: { expression, shown, value, before, after } })
    this.#set(option, value.kind === 'plain' ? value : standIn(option))
  }

  #set(option: string, value: Value): void {
    const [group, inner] = option.split('.')
    if (inner === undefined) this.options.set(option, value)
    else {
      const known = this.options.get(group ?? '')
      const fields = known?.kind === 'fields' ? known.fields : new Map()
      this.options.set(group ?? '', fieldsValue(new Map([...fields, [inner, value]]), [], ''))
    }
  }

  #takeSpread({ value, raw, shown, node, before, after }: Entry, group: string): Left | undefined {
    if (value.kind === 'plain') return undefined
    const names = value.kind === 'fields' && value.open.length === 0 ? [...value.fields.keys()] : undefined
    if (names?.every((name) => isPassedOn(name, group === '' ? this.#family : 'node')) !== true)
      return { reason: `${short(`...${shown}`)} may hold limits`, at: node }
    ;(group === '' ? this.#native : this.#connect).push({ code: raw, before, after })
    return undefined
  }

  #passOn(entry: Entry, option: string, group: '' | 'connect.'): Left | undefined {
    const { name = '', raw, node, before, after } = entry
    if (group === '' && option === 'connect' && this.#family === 'undici') return this.#takeConnect(entry)
    const renamed =
      this.#family === 'undici' && group === '' && Object.hasOwn(renamedByUndici, name) ? renamedByUndici[name] : undefined
    if (renamed !== undefined) {
      this.#native.push({ code: `${renamed}: ${entry.expression}`, before, after })
      return undefined
    }
    if (isPassedOn(name, group === '' ? this.#family : 'node')) {
      ;(group === '' ? this.#native : this.#connect).push({ code: raw, before, after })
      return undefined
    }
    const reading = clients[this.#client].readSettings({ [name]: 1 })
    const note = reading.notes.find(({ field }) => field === name)
    // What the old client ignores in silence did nothing before, either.
    if (note && /ignores? it|in silence/.test(note.message)) {
      this.#dropped.push({ field: name, support: 'unsupported', message: `${name} had no effect: it was left out` })
      return undefined
    }
    return { reason: `${option} has no place in a pool`, at: node }
  }

  #takeConnect(entry: Entry): Left | undefined {
    const { inner } = entry
    if (inner === undefined) return { reason: `connect is ${short(entry.shown)}, and may hold a timeout`, at: entry.node }
    if (isLeft(inner)) return inner
    for (const one of inner.list) {
      const left = this.take(one, 'connect.')
      if (left) return left
    }
    return undefined
  }

  finish(config: PoolConfig, notes: readonly Note[], rest: readonly string[]): Carried {
    const known = asked(config)
    const texts = written(known)
    const lines: Carried['config'][number][] = []
    const told = new Set<string>()
    const extra: Note[] = []
    // Of two options for one field the last counts.
    for (const { field, option, entry } of this.#given) {
      const { expression, shown, value, before, after } = entry
      const comments = [...before, ...[after].filter(Boolean)]
      if (config[field] === undefined) {
        if (value.kind !== 'plain')
          extra.push({
            field: option,
            support: 'native',
            message: `${option} had no effect beside the other options: it was left out`,
          })
        lines.push({ before: comments, after: '' })
      } else if (value.kind !== 'plain') {
        told.add(field)
        lines.push({ field, code: `${field}: ${expression}`, computed: true, before, after })
        extra.push(...zeros(field, option, shown, this.#client))
      } else if (known[field] === undefined) lines.push({ before: comments, after: '' })
      else {
        told.add(field)
        const same = value.value === config[field] || field === 'proxy'
        lines.push({ field, value: texts[field], ...(same ? { code: `${field}: ${expression}` } : {}), before, after })
      }
    }
    const implied = fieldNames
      .filter((field) => known[field] !== undefined && !told.has(field))
      .map((field) => ({ field, value: texts[field], before: [], after: '' }))
    const connect = this.#connect
    const native = connect.length === 0 ? this.#native : [...this.#native, groupOf('connect', connect)]
    const comments = [...this.#comments, ...rest]
    const all = lines.filter(({ field, before }) => field !== undefined || before.length > 0)
    return {
      config: comments.length === 0 ? [...all, ...implied] : [...all, ...implied, { before: comments, after: '' }],
      native,
      notes: [...this.#dropped, ...extra, ...notes.filter(({ field }) => !isMoved(field))],
      known: lines.some(({ computed }) => computed) ? undefined : known,
    }
  }
}

/** What a note says of options that have been moved is done. */
function isMoved(field: string): boolean {
  return isPassedOn(field.replace(/^connect\./, ''), 'node')
}

function groupOf(name: string, lines: readonly Line[]): Line {
  return {
    code: `${name}: { ${lines.map(({ code }) => code).join(', ')} }`,
    before: lines.flatMap(({ before, after }) => [...before, ...[after].filter(Boolean)]),
    after: '',
  }
}

/** Stands for what is computed, where only what hangs on it is asked for. */
function standIn(option: string): Value {
  if (option === 'keepAlive') return plainValue(true, 'true')
  if (option === 'scheduling') return plainValue('fifo', "'fifo'")
  if (option === 'proxy' || option === 'uri') return plainValue('http://proxy.invalid:1', '')
  return plainValue(someNumber, String(someNumber))
}

const caps: ReadonlySet<string> = new Set([
  'maxConnections',
  'maxConnectionsPerHost',
  'maxIdleConnectionsPerHost',
  'keepAliveExpiry',
  'maxLifetime',
])

function zeros(field: PoolConfigField, option: string, expression: string, client: ClientName): Note[] {
  if (!caps.has(field)) return []
  const owner = client === 'node-http' ? 'http.Agent' : client
  return [
    {
      field,
      support: 'approximated',
      message: `${short(expression)} must be a positive number: to ${owner} 0 and NaN as ${option} meant none at all, a pool refuses them`,
    },
  ]
}

export function short(source: string): string {
  const line = source.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
