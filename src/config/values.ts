import type { FieldSpec } from './description.ts'
import { fields } from './fields.ts'
import { type KindSpec, kindNamed } from './kinds.ts'
import type { PoolConfigField } from './types.ts'

type ReadValue = { readonly value: unknown } | { readonly problem: string }

/** A field's value as the pool uses it, or what is wrong with it. The entries of `hosts` are read one by one. */
export function readValue(field: Exclude<PoolConfigField, 'hosts'>, value: unknown): ReadValue {
  return readBy(fields[field], value)
}

/** A value of a kind, or what is wrong with it. */
export function readBy(spec: KindSpec, value: unknown): ReadValue {
  const kind = kindNamed(spec)
  const read = kind.read(spec, value)
  return read === undefined ? { problem: kind.explain(spec, value) } : { value: read }
}

/** What an error may hold of a value that a field refuses. */
export function conceal(field: PoolConfigField, value: unknown): unknown {
  const spec: FieldSpec = fields[field]
  const { conceal: concealed } = spec.kind === 'hosts' ? {} : kindNamed(spec)
  return concealed ? concealed(value) : value
}
