import { parsedNumber } from './literals.ts'
import type { PyNode } from './syntax.ts'
import { type Argument, argumentsOf, attributeOf } from './tree.ts'
import { dictOf, from, itemOf, known, type PyEntry, type PyValue, unknown } from './values.ts'

/** What calls are worked out from. */
export interface CallContext {
  readonly textOf: (node: PyNode) => string
  evaluate(expression: PyNode): PyValue
  /** The known callable that a callee is. */
  callableOf(callee: PyNode): string | undefined
  pathOf(node: PyNode): readonly string[] | undefined
  /** Adds what a mapping holds; one of unknown content may replace anything before it. */
  spread(node: PyNode, entries: Map<string, PyEntry>, open: PyNode[]): void
}

/** What a call gives: an instance of a known class, or what a few functions make of known values. */
export function evaluateCall(call: PyNode, evaluator: CallContext): PyValue {
  const [callee] = call.children
  if (callee === undefined) return unknown
  const callable = evaluator.callableOf(callee)
  if (callable !== undefined) return { kind: 'made', callable, call }
  const { list: args, broken } = argumentsOf(call)
  if (broken) return unknown
  const path = evaluator.pathOf(callee)?.join('.')
  const builtIn = path === undefined ? undefined : functions.get(path)
  if (builtIn) return builtIn(args, evaluator)
  const attribute = attributeOf(callee)
  if (attribute) {
    const result = evaluateMethod(evaluator.textOf(attribute.name), attribute.object, args, evaluator)
    if (result) return result
  }
  return variable(callee, args, evaluator) ?? { kind: 'unknown', ...fallbackOf(callee, args, evaluator) }
}

/** Functions that look a variable of the environment up: of the standard library, and of what reads settings from there. */
const lookUps: ReadonlySet<string> = new Set(['os.getenv', 'os.environ.get', 'decouple.config'])

/** `env("X")` and `env.int("X")`, as environs, django-environ and others have it. */
const reader = /^(?:\w*_)?env$/i

/** `os.getenv("POOL", "20")`: what it is by default, and the variable; undefined for any other call. */
function variable(callee: PyNode, args: readonly Argument[], evaluator: CallContext): PyValue | undefined {
  const [first] = args
  const name = first?.kind === 'positional' ? evaluator.evaluate(first.value) : unknown
  if (name.kind !== 'known' || typeof name.value !== 'string' || !/^\w{1,80}$/.test(name.value)) return undefined
  const attribute = attributeOf(callee)
  const isReader = reader.test(evaluator.textOf(attribute?.object ?? callee))
  if (!isReader && !lookUps.has(evaluator.pathOf(callee)?.join('.') ?? '')) return undefined
  const named = (keyword: string) =>
    args.find((one) => one.kind === 'keyword' && one.name && evaluator.textOf(one.name) === keyword)
  const [, second] = args
  const fallback = (named('default') ?? (second?.kind === 'positional' ? second : undefined))?.value
  if (fallback === undefined) return { kind: 'unknown', variable: name.value }
  const value = castTo(evaluator.evaluate(fallback), named('cast')?.value, evaluator)
  return value.kind === 'known' && value.value !== null
    ? from(value, { ...value, variables: [name.value] })
    : { kind: 'unknown', fallback }
}

/** What `cast=int` makes of a default. */
function castTo(value: PyValue, cast: PyNode | undefined, evaluator: CallContext): PyValue {
  const how = cast && evaluator.pathOf(cast)?.join('.')
  if (cast === undefined || value.kind !== 'known') return value
  if (how === 'int' || how === 'float')
    return typeof value.value === 'string' ? from(parsedNumber(how, value.value), value) : value
  return how === 'str' || (how === 'bool' && typeof value.value === 'boolean') ? value : unknown
}

type BuiltIn = (args: readonly Argument[], evaluator: CallContext) => PyValue

const converted =
  (convert: (value: string | number | boolean) => PyValue): BuiltIn =>
  ([argument, ...more], evaluator) => {
    if (argument?.kind !== 'positional' || more.length > 0) return unknown
    const value = evaluator.evaluate(argument.value)
    // What was unknown before it stays so, with what it would be if nobody said otherwise.
    if (value.kind === 'unknown') return value
    return value.kind === 'known' && value.value !== null ? from(convert(value.value), value) : unknown
  }

const chosen =
  (choose: (numbers: readonly number[]) => number): BuiltIn =>
  (args, evaluator) => {
    const values = args.map(({ kind, value }) => (kind === 'positional' ? evaluator.evaluate(value) : unknown))
    const numbers = values.flatMap((one) => (one.kind === 'known' && typeof one.value === 'number' ? [one.value] : []))
    return numbers.length === args.length && numbers.length > 1 ? from(known(choose(numbers)), ...values) : unknown
  }

const secondsOf: { readonly [unit: string]: number } = {
  days: 86_400,
  seconds: 1,
  microseconds: 1e-6,
  milliseconds: 1e-3,
  minutes: 60,
  hours: 3600,
  weeks: 604_800,
}

function mapping(args: readonly Argument[], evaluator: CallContext): PyValue {
  const entries = new Map<string, PyEntry>()
  const open: PyNode[] = []
  for (const { kind, name, value } of args) {
    if (kind === 'keyword' && name) entries.set(evaluator.textOf(name), { value: evaluator.evaluate(value), node: value })
    else if (kind === '*') return unknown
    else evaluator.spread(value, entries, open)
  }
  return dictOf(entries, open)
}

/** Functions of Python whose outcome is plain, by their names where nothing else binds them. */
const functions: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  [
    'int',
    converted((value) =>
      typeof value === 'string'
        ? parsedNumber('int', value)
        : Number.isFinite(Number(value))
          ? known(Math.trunc(Number(value)))
          : unknown,
    ),
  ],
  ['float', converted((value) => (typeof value === 'string' ? parsedNumber('float', value) : known(Number(value))))],
  ['bool', converted((value) => known(Boolean(value)))],
  ['min', chosen((numbers) => Math.min(...numbers))],
  ['max', chosen((numbers) => Math.max(...numbers))],
  ['dict', mapping],
])

/** Methods of dicts and durations, and those that hand on an instance. */
function evaluateMethod(name: string, object: PyNode, args: readonly Argument[], evaluator: CallContext): PyValue | undefined {
  const [first, second] = args
  switch (name) {
    case 'get': {
      const value = evaluator.evaluate(object)
      if (value.kind !== 'dict' || first?.kind !== 'positional') return undefined
      const key = evaluator.evaluate(first.value)
      if (key.kind !== 'known' || typeof key.value !== 'string') return undefined
      if (value.entries.has(key.value)) return itemOf(value, key)
      if (value.open.length > 0) return undefined
      return second ? evaluator.evaluate(second.value) : known(null)
    }
    case 'copy': {
      const value = evaluator.evaluate(object)
      return value.kind === 'dict' || value.kind === 'list' ? value : undefined
    }
    case 'total_seconds':
      return seconds(object, evaluator)
    case 'enter_context':
    case 'enter_async_context':
    case '__enter__': {
      const value = first ? evaluator.evaluate(first.value) : unknown
      return value.kind === 'made' ? value : undefined
    }
    case 'connection_from_host':
    case 'connection_from_url': {
      const value = evaluator.evaluate(object)
      return value.kind === 'made' ? value : undefined
    }
    default:
      return undefined
  }
}

/** `timedelta(minutes=2)` */
function seconds(call: PyNode, evaluator: CallContext): PyValue | undefined {
  const [callee] = call.children
  const path = callee && call.name === 'CallExpression' ? evaluator.pathOf(callee)?.join('.') : undefined
  if (path !== 'datetime.timedelta' && path !== 'timedelta') return undefined
  let total = 0
  for (const { kind, name, value } of argumentsOf(call).list) {
    const unit = kind === 'keyword' && name ? evaluator.textOf(name) : ''
    const amount = evaluator.evaluate(value)
    const factor = Object.hasOwn(secondsOf, unit) ? secondsOf[unit] : undefined
    if (factor === undefined || amount.kind !== 'known' || typeof amount.value !== 'number') return undefined
    total += amount.value * factor
  }
  return known(total)
}

/** What a look-up gives where there is nothing to find: `os.getenv("X", 10)`, `getattr(settings, "x", 10)`, `env("X", default=10)`. */
function fallbackOf(callee: PyNode, args: readonly Argument[], { textOf }: CallContext): { fallback?: PyNode } {
  const named = args.find(({ kind, name }) => kind === 'keyword' && name && textOf(name) === 'default')
  const last = attributeOf(callee)?.name ?? callee
  const position = positions.get(textOf(last))
  const placed = position === undefined ? undefined : args[position]
  const fallback = named ?? (placed?.kind === 'positional' ? placed : undefined)
  return fallback ? { fallback: fallback.value } : {}
}

const positions: ReadonlyMap<string, number> = new Map([
  ['get', 1],
  ['getenv', 1],
  ['getattr', 2],
  ['pop', 1],
])
