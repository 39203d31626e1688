import * as v from 'valibot'
import type { FieldSpec } from '../../src/config/description.ts'
import { durationForm, longestText, maxDuration } from '../../src/config/durations.ts'
import { fieldNames, fields, hostFieldNames } from '../../src/config/fields.ts'
import { type KindName, type KindSpec, kindNamed, type RuleOf } from '../../src/config/kinds.ts'
import { mostItems } from '../../src/config/plain-object.ts'
import type { PoolConfigField } from '../../src/config/types.ts'

type ValueSchema = v.GenericSchema<unknown, unknown>

/** The form of each kind of value. What a kind makes of a text is for the kind alone to say: a test holds the two against each other. */
const schemas: { readonly [K in KindName]: (rule: RuleOf<K>) => ValueSchema } = {
  limit: limitSchema,
  duration: durationSchema,
  boolean: () => v.boolean(),
  choice: choiceSchema,
  proxy: () => v.union([v.literal(false), v.literal('env'), v.pipe(v.string(), v.regex(proxyForm))]),
  list: () => v.union([v.literal('env'), v.pipe(v.array(v.pipe(v.string(), v.regex(itemForm))), v.maxLength(mostItems))]),
}

/** What editors can say of an URL; in a file it may hold `${VARIABLE}`. */
const proxyForm = /^(?:[Hh][Tt][Tt][Pp][Ss]?|[Ss][Oo][Cc][Kk][Ss]5[Hh]?):\/\/[^\s/?#]+\/?$|\$\{/
const itemForm = /^\s*[^\s,;|]+\s*$/

/** The whole config as one schema, from which the JSON schema is made. */
export function poolConfigSchema(): ValueSchema {
  return objectOf(fieldNames, { $schema: v.optional(v.string()) })
}

/** The form of a value of a kind. */
export function schemaOf(spec: KindSpec): ValueSchema {
  const schema: (rule: never) => ValueSchema = schemas[spec.kind]
  return schema(spec as never)
}

function schemaOfField(spec: FieldSpec): ValueSchema {
  return spec.kind === 'hosts' ? v.record(v.string(), objectOf(hostFieldNames)) : schemaOf(spec)
}

/** An object that may have these fields and no others. */
function objectOf(names: readonly PoolConfigField[], more: v.ObjectEntries = {}): ValueSchema {
  const entries = Object.fromEntries(names.map((name) => [name, v.optional(schemaOfField(fields[name]))]))
  return v.strictObject({ ...more, ...entries })
}

// `Infinity` is how code writes it; no file can, so the JSON schema leaves it out.
function unlimited() {
  return [v.literal('unlimited'), v.literal(Number.POSITIVE_INFINITY)] as const
}

function limitSchema({ zero, unlimited: endless = true }: RuleOf<'limit'>): ValueSchema {
  const count = v.pipe(v.number(), v.safeInteger(), v.minValue(zero === true ? 0 : 1))
  return endless ? v.union([count, ...unlimited()]) : count
}

function durationSchema(rule: RuleOf<'duration'>): ValueSchema {
  const number = v.pipe(v.number(), v.minValue(1), v.maxValue(maxDuration))
  const text = v.pipe(v.string(), v.maxLength(longestText), v.regex(durationForm))
  // The forms are for the JSON schema; what a text amounts to is in none of them.
  const read = v.rawTransform<number | string, unknown>(({ dataset, addIssue, NEVER }) => {
    const ms = kindNamed({ kind: 'duration' }).read(rule, dataset.value)
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

function choiceSchema({ choices }: RuleOf<'choice'>): ValueSchema {
  const words = choices.filter((choice) => typeof choice === 'string')
  return words.length === choices.length ? v.picklist(words) : v.union(choices.map((choice) => v.literal(choice)))
}
