import type { FieldSpec } from './description.ts'
import { fields } from './fields.ts'
import { kindNamed } from './kinds.ts'
import type { PoolConfigField, ResolvedPoolConfig } from './types.ts'

/** A resolved value as one would write it in a file, without quotes: `100`, `unlimited`, `4s`, `lifo`. */
export function formatValue<F extends PoolConfigField>(field: F, value: ResolvedPoolConfig[F]): string {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited'
  const spec: FieldSpec = fields[field]
  return spec.kind === 'hosts' ? JSON.stringify(value) : kindNamed(spec).format(value)
}

/** The default of a field as docs show it. */
export function formatDefault(field: PoolConfigField): string {
  const spec = fields[field]
  return 'dependent' in spec ? spec.dependent.text : formatValue(field, spec.default)
}
