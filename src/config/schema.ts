import * as v from 'valibot'
import type { FieldSpec } from './description.ts'
import { fieldNames, fields, hostFieldNames } from './fields.ts'
import { type KindSpec, kindNamed, type ValueSchema } from './kinds.ts'
import type { PoolConfigField } from './types.ts'

function schemaOf(spec: FieldSpec): ValueSchema {
  return spec.kind === 'hosts' ? v.record(v.string(), objectOf(hostFieldNames)) : kindNamed(spec).schema(spec)
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
  const schema = schemaOf(fields[field])
  schemas.set(field, schema)
  return schema
}

/** A field's value as the pool uses it, or what is wrong with it. */
export function readValue(field: SimpleField, value: unknown): ReadValue {
  return readBy(fields[field], value, () => schemaFor(field))
}

type ReadValue = { readonly value: unknown } | { readonly problem: string }

/** A value of a kind, or what is wrong with it. */
export function readBy(spec: KindSpec, value: unknown, schema: () => ValueSchema): ReadValue {
  const kind = kindNamed(spec)
  if (kind.read !== undefined) {
    const read = kind.read(spec, value)
    return read === undefined ? { problem: kind.explain(spec, value) } : { value: read }
  }
  // Neither is ever right, and valibot would ask a hostile one for its constructor.
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return { problem: kind.explain(spec, value) }
  const result = v.safeParse(schema(), value, { abortEarly: true })
  return result.success ? { value: result.output } : { problem: kind.explain(spec, value) }
}

/** What an error may hold of a value that a field refuses. */
export function conceal(field: PoolConfigField, value: unknown): unknown {
  const spec: FieldSpec = fields[field]
  const { conceal: concealed } = spec.kind === 'hosts' ? {} : kindNamed(spec)
  return concealed ? concealed(value) : value
}
