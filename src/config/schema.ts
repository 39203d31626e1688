import * as v from 'valibot'
import { oneOf } from '../text/list.ts'
import { show } from '../text/show.ts'
import { durationForm, explainDuration, longestText, maxDuration, readDuration } from './durations.ts'
import {
  type DurationKind,
  type FieldSpec,
  fieldNames,
  fields,
  type HostsKind,
  hostFieldNames,
  type LimitKind,
} from './fields.ts'
import type { PoolConfigField } from './types.ts'

/** What one field takes, and what it becomes: counts and milliseconds, `Infinity` for unlimited. */
export type ValueSchema = v.GenericSchema<unknown, unknown>

// `Infinity` is how code writes it; no file can, so the JSON schema leaves it out.
function unlimited() {
  return [v.literal('unlimited'), v.literal(Number.POSITIVE_INFINITY)] as const
}

function limitSchema({ zero, unlimited: endless = true }: LimitKind): ValueSchema {
  const count = v.pipe(v.number(), v.safeInteger(), v.minValue(zero === true ? 0 : 1))
  // `+ 0` makes -0 a plain zero.
  const read = v.transform((value: number | 'unlimited') => (value === 'unlimited' ? Number.POSITIVE_INFINITY : value + 0))
  return v.pipe(endless ? v.union([count, ...unlimited()]) : count, read)
}

function durationSchema(rule: DurationKind): ValueSchema {
  const number = v.pipe(v.number(), v.minValue(1), v.maxValue(maxDuration))
  const text = v.pipe(v.string(), v.maxLength(longestText), v.regex(durationForm))
  // The forms above are for the JSON schema; what they amount to is for `readDuration` to say.
  const read = v.rawTransform<number | string, number | null>(({ dataset, addIssue, NEVER }) => {
    const ms = readDuration(dataset.value, rule)
    if (ms !== undefined) return ms
    addIssue()
    return NEVER
  })
  const duration = v.pipe(
    v.union([...(rule.zero === true ? [v.literal(0)] : []), number, text, ...(rule.unlimited ? unlimited() : [])]),
    read,
  )
  return rule.off ? v.union([v.literal(false), duration]) : duration
}

function schemaOf(spec: FieldSpec): ValueSchema {
  switch (spec.kind) {
    case 'limit':
      return limitSchema(spec)
    case 'duration':
      return durationSchema(spec)
    case 'boolean':
      return v.boolean()
    case 'choice':
      return v.picklist(spec.choices)
    case 'hosts':
      return v.record(v.string(), objectOf(hostFieldNames))
  }
}

/** An object that may have these fields and no others. */
function objectOf(names: readonly PoolConfigField[], more: v.ObjectEntries = {}): ValueSchema {
  const entries = Object.fromEntries(names.map((name) => [name, v.optional(schemaOf(fields[name]))]))
  return v.strictObject({ ...more, ...entries })
}

/** The whole config as one schema, from which the JSON schema is made. `parsePoolConfig` reads field by field, to say more about what is wrong. */
export function poolConfigSchema(): ValueSchema {
  return objectOf(fieldNames, { $schema: v.optional(v.string()) })
}

/** All but `hosts`, whose entries are read one by one. */
type SimpleField = Exclude<PoolConfigField, 'hosts'>

const schemas = new Map<SimpleField, ValueSchema>()

/** Made when a field is first met: most configs name few. */
function schemaFor(field: SimpleField): ValueSchema {
  const made = schemas.get(field)
  if (made) return made
  const spec = fields[field]
  const schema = v.message(schemaOf(spec), ({ input }) => explain(spec, input))
  schemas.set(field, schema)
  return schema
}

/** A field's value as the pool uses it, or what is wrong with it. */
export function readValue(field: SimpleField, value: unknown): { readonly value: unknown } | { readonly problem: string } {
  // Neither is ever right, and valibot would ask a hostile one for its constructor.
  if (typeof value === 'function' || (typeof value === 'object' && value !== null))
    return { problem: explain(fields[field], value) }
  const result = v.safeParse(schemaFor(field), value, { abortEarly: true })
  return result.success ? { value: result.output } : { problem: result.issues[0].message }
}

/** What is wrong with a value, and what to write instead. */
function explain(spec: Exclude<FieldSpec, HostsKind>, value: unknown): string {
  switch (spec.kind) {
    case 'limit':
      return explainLimit(spec, value)
    case 'duration':
      return explainDuration(value, spec)
    case 'boolean':
      return value === 'true' || value === 'false'
        ? `${show(value)} is a string: write ${value} without quotes`
        : `${show(value)} is neither true nor false: use one of them, without quotes`
    case 'choice':
      return `${show(value)} is not one of the choices: use ${oneOf(spec.choices.map(show))}`
  }
}

const endless = /^\s*(unlimited|infinity|infinite|inf|none|null)\s*$/i

function explainLimit({ zero, unlimited: mayBeEndless = true }: LimitKind, value: unknown): string {
  const given = show(value)
  const use = mayBeEndless
    ? `use ${zero === true ? '0, ' : ''}a positive integer or "unlimited"`
    : `use ${zero === true ? '0 or ' : ''}a positive integer`
  const number = typeof value === 'string' ? numberIn(value) : value
  if (typeof number !== 'number') {
    if (typeof value !== 'string') return `${given} is not a cap: ${use}`
    if (!mayBeEndless && endless.test(value)) return `${given} is no number of connections: ${use}`
    return endless.test(value) ? `${given} is not known: write "unlimited"` : `${given} is a string and no number: ${use}`
  }
  if (Number.isNaN(number)) return `NaN is not a number: ${use}`
  if (number === Number.POSITIVE_INFINITY) return `Infinity is no number of connections: ${use}`
  if (number < 0) return `${given} is negative: ${use}`
  if (number === 0 && zero !== true) return `${given} is not a cap: ${use} (${zero})`
  if (!Number.isInteger(number)) return `${given} is not a whole number: ${use}`
  if (Number.isSafeInteger(number)) return `${given} is a string: write the number ${number}`
  return `${given} is too large to count: ${mayBeEndless ? 'use "unlimited"' : use}`
}

function numberIn(text: string): number | undefined {
  const number = text.trim() === '' || text.length > 20 ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}
