import { oneOf } from '../text/list.ts'
import { show } from '../text/show.ts'
import { type DurationRule, explainDuration, formatDuration, readDuration } from './durations.ts'
import { mostItems, plainItems } from './plain-object.ts'
import { showHost } from './proxies/no-proxy.ts'
import { type ProxyServer, proxyServerIn, readProxyUrl, showProxyUrl } from './proxies/proxy-server.ts'

/** How values of one kind are read, refused and written. `Rule` is what a field says of its own besides. */
interface Kind<Rule, Value> {
  /** What a value becomes: counts and milliseconds, `Infinity` for unlimited; undefined for one that is refused. */
  read(rule: Rule, value: unknown): Value | undefined
  /** What is wrong with a value that is refused, and what to write instead. */
  explain(rule: Rule, value: unknown): string
  /** What errors may hold of a value that is refused, where it may be a secret. Default: all of it. */
  readonly conceal?: (value: unknown) => unknown
  /** A value as one would write it in a file, without quotes. Never asked for `Infinity`, which is `unlimited` for every kind. */
  format(value: Value): string
}

/** A positive integer, or unlimited. */
interface LimitRule {
  /** What it counts, for errors. Default connections. */
  readonly counts?: string
  /** True where 0 is meaningful; otherwise what to write instead of it. */
  readonly zero: true | string
  /** False where "unlimited" makes no sense. Default true. */
  readonly unlimited?: boolean
}

interface ChoiceRule {
  readonly choices: readonly (string | boolean)[]
}

interface ListRule {
  /** What one item is, and a list of them as an example. */
  readonly item: string
  readonly sample: readonly string[]
  /** What is wrong with an item, and what to write instead. */
  problemOf(item: unknown): string | undefined
}

// The type arguments stand here once, and everything that is drawn from a kind finds them.
function kind<Rule, Value>(kind: Kind<Rule, Value>): Kind<Rule, Value> {
  return kind
}

/** Every kind of value that a field may take. One entry is all that a new kind needs. */
const kinds = {
  /** A positive integer, or unlimited. */
  limit: kind<LimitRule, number>({ read: readLimit, explain: explainLimit, format: String }),
  /** Milliseconds, or a string with its unit. */
  duration: kind<DurationRule, number | false>({
    read: (rule, value) => (value === false && rule.off ? value : readDuration(value, rule)),
    explain: (rule, value) => explainDuration(value, rule),
    format: (value) => (value === false || value === 0 ? String(value) : formatDuration(value)),
  }),
  boolean: kind<object, boolean>({
    read: (_, value) => (typeof value === 'boolean' ? value : undefined),
    explain: (_, value) => explainBoolean(value),
    format: String,
  }),
  /** One of some words and switches. */
  choice: kind<ChoiceRule, string | boolean>({ read: readChoice, explain: explainChoice, format: String }),
  /** The URL of a proxy, `env` or false. */
  proxy: kind<object, ProxyServer | 'env' | false>({
    read: (_, value) => readProxy(value),
    explain: (_, value) => explainProxy(value),
    conceal: withoutSecrets,
    format: String,
  }),
  /** Some texts, or those that the environment lists. */
  list: kind<ListRule, readonly string[] | 'env'>({
    read: readList,
    explain: explainList,
    // An URL in the wrong place may stand in one.
    conceal: withoutSecrets,
    format: (value) => (value === 'env' ? value : `[${value.join(', ')}]`),
  }),
}

type Kinds = typeof kinds
export type KindName = keyof Kinds

/** What the field says of a kind. */
export type RuleOf<K extends KindName> = Kinds[K] extends Kind<infer Rule, infer _> ? Rule : never
type ValueOf<K extends KindName> = Kinds[K] extends Kind<infer _, infer Value> ? Value : never

/** A kind together with what a field says of its own. */
export type KindSpec = { [K in KindName]: { readonly kind: K } & RuleOf<K> }[KindName]

/** The kinds whose values are such as these. */
export type KindFor<Value> = {
  [K in KindName]: [Value] extends [ValueOf<K>] ? { readonly kind: K } & RuleOf<K> : never
}[KindName]

/** The kind that a field names. */
export function kindNamed({ kind }: { readonly kind: KindName }): Kind<unknown, unknown> {
  return kinds[kind]
}

function readLimit({ zero, unlimited = true }: LimitRule, value: unknown): number | undefined {
  if (value === 'unlimited' || value === Number.POSITIVE_INFINITY) return unlimited ? Number.POSITIVE_INFINITY : undefined
  // `+ 0` makes -0 a plain zero.
  return Number.isSafeInteger(value) && (value as number) >= (zero === true ? 0 : 1) ? (value as number) + 0 : undefined
}

function readChoice({ choices }: ChoiceRule, value: unknown): string | boolean | undefined {
  return choices.find((choice) => choice === value)
}

function explainBoolean(value: unknown): string {
  return inQuotes(value) ?? `${show(value)} is neither true nor false: use one of them, without quotes`
}

function explainChoice({ choices }: ChoiceRule, value: unknown): string {
  const meant = choices.some((choice) => String(choice) === value) ? inQuotes(value) : undefined
  return meant ?? `${show(value)} is not one of the choices: use ${oneOf(choices.map(show))}`
}

function readProxy(value: unknown): ProxyServer | 'env' | false | undefined {
  if (value === false || value === 'env') return value
  const known = proxyServerIn(value)
  if (known) return known
  const read = readProxyUrl(value)
  return 'server' in read ? read.server : undefined
}

function explainProxy(value: unknown): string {
  const quoted = value === 'false' ? inQuotes(value) : undefined
  if (quoted !== undefined) return quoted
  if (value === true)
    return 'true does not say which: use a URL such as "http://proxy.example:3128", or "env" for HTTPS_PROXY and the like'
  if (typeof value === 'string' && /^(env|environment|auto|system)$/i.test(value.trim()))
    return `${show(value)} is not known: write "env" for HTTPS_PROXY and the like`
  if (typeof value === 'string' && /^(none|null|direct|off|no|)$/i.test(value.trim()))
    return `${show(value)} is no URL: for no proxy, write false`
  if (value === null) return 'null is no URL: for no proxy, write false'
  const read = readProxyUrl(value)
  return 'problem' in read ? read.problem : ''
}

/** Without user and password; of an object, which may hold them, only that it is one. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return show(value)
  return typeof value === 'string' && showProxyUrl(value) !== JSON.stringify(value) ? showProxyUrl(value) : value
}

function readList({ problemOf }: ListRule, value: unknown): readonly string[] | 'env' | undefined {
  if (value === 'env') return value
  const items = plainItems(value)
  if (items === undefined || lengthOf(value) > mostItems || items.some((item) => problemOf(item) !== undefined)) return undefined
  return Object.freeze(items.map((item) => String(item).trim()))
}

function explainList({ item, sample, problemOf }: ListRule, value: unknown): string {
  const written = `[${sample.map(show).join(', ')}]`
  const items = plainItems(value)
  if (items === undefined) {
    const several = typeof value === 'string' ? value.split(/[\s,]+/).filter((part) => part !== '') : []
    const meant = several.length > 0 && several.length < 4 && several.every((part) => problemOf(part) === undefined)
    return `${showHost(value)} is no list of ${item}s: write ${meant ? `[${several.map(show).join(', ')}]` : `one such as ${written}`}`
  }
  if (lengthOf(value) > mostItems) return `it has more than ${mostItems} ${item}s: use ranges and suffixes, such as ${written}`
  const problems = items.flatMap((one) => problemOf(one) ?? [])
  const rest = problems.length > 3 ? `; and ${problems.length - 3} more` : ''
  return `${problems.slice(0, 3).join('; ')}${rest}`
}

function lengthOf(value: unknown): number {
  return (value as readonly unknown[]).length
}

function inQuotes(value: unknown): string | undefined {
  return value === 'true' || value === 'false' ? `${show(value)} is a string: write ${value} without quotes` : undefined
}

const endless = /^\s*(unlimited|infinity|infinite|inf|none|null)\s*$/i

function explainLimit({ zero, unlimited: mayBeEndless = true, counts = 'connections' }: LimitRule, value: unknown): string {
  const given = show(value)
  const use = mayBeEndless
    ? `use ${zero === true ? '0, ' : ''}a positive integer or "unlimited"`
    : `use ${zero === true ? '0 or ' : ''}a positive integer`
  // What may not be unlimited bounds nothing: it counts what there is to be.
  const noLimit = mayBeEndless ? `${given} is not a cap` : `${given} is no number of ${counts}`
  const number = typeof value === 'string' ? numberIn(value) : value
  if (typeof number !== 'number') {
    if (typeof value !== 'string') return `${noLimit}: ${use}`
    if (!mayBeEndless && endless.test(value)) return `${given} is no number of ${counts}: ${use}`
    return endless.test(value) ? `${given} is not known: write "unlimited"` : `${given} is a string and no number: ${use}`
  }
  if (Number.isNaN(number)) return `NaN is not a number: ${use}`
  if (number === Number.POSITIVE_INFINITY) return `Infinity is no number of ${counts}: ${use}`
  if (number < 0) return `${given} is negative: ${use}`
  if (number === 0 && zero !== true) return `${noLimit}: ${use} (${zero})`
  if (!Number.isInteger(number)) return `${given} is not a whole number: ${use}`
  if (Number.isSafeInteger(number)) return `${given} is a string: write the number ${number}`
  return `${given} is too large to count: ${mayBeEndless ? 'use "unlimited"' : use}`
}

function numberIn(text: string): number | undefined {
  const number = text.trim() === '' || text.length > 20 ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}
