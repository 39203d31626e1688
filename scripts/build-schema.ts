// Writes dist/schema.json: the JSON schema of a config file, for editors and other programs. Run by the build, after tsc.
import { mkdirSync, writeFileSync } from 'node:fs'
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema'
import type { FieldSpec } from '../src/config/description.ts'
import { fieldTexts } from '../src/config/field-texts.ts'
import { fieldNames, fields, hostFieldNames } from '../src/config/fields.ts'
import { formatDefault } from '../src/config/format.ts'
import type { PoolConfigField } from '../src/config/types.ts'
import { poolConfigSchema } from './schema/config-schema.ts'
import { durationPattern } from './schema/durations.ts'
import { fileSchema } from './schema/file-schema.ts'
import { hostKeyPattern } from './schema/host-keys.ts'

/** The schema of a config file. */
export function configFileSchema(): object {
  return fileSchema(poolConfigJsonSchema())
}

export function poolConfigJsonSchema(): JsonSchema {
  const schema = toJsonSchema(poolConfigSchema(), { typeMode: 'input', overrideSchema: withoutInfinity })
  describe(schema, fieldNames)
  for (const field of fieldNames) {
    const property = propertyOf(schema, field)
    property.examples = [json(fieldTexts[field].example)]
    if (!('dependent' in fields[field])) property.default = writtenDefault(field)
  }
  const hosts = propertyOf(schema, 'hosts')
  hosts.propertyNames = { type: 'string', pattern: hostKeyPattern() }
  const { additionalProperties: host } = hosts
  if (typeof host === 'object') describe(host, hostFieldNames)
  return { title: 'polypool: the limits of a connection pool', ...schema }
}

/** `Infinity` is for code alone: JSON cannot write it. */
const withoutInfinity: NonNullable<ConversionConfig['overrideSchema']> = ({ valibotSchema, jsonSchema }) => {
  if ('literal' in valibotSchema && valibotSchema.literal === Number.POSITIVE_INFINITY) return { const: infinity }
  return jsonSchema.anyOf ? { ...jsonSchema, anyOf: jsonSchema.anyOf.filter((form) => !isInfinity(form)) } : undefined
}

const infinity = 'Infinity'

function isInfinity(form: NonNullable<JsonSchema['anyOf']>[number]): boolean {
  return typeof form === 'object' && form.const === infinity
}

/** Says of texts all that the loader says: which durations are too short or too long, too. */
function describe(schema: JsonSchema, names: readonly PoolConfigField[]): void {
  for (const field of names) {
    const spec: FieldSpec = fields[field]
    const { meaning, trap } = fieldTexts[field]
    if (spec.kind === 'duration') setPattern(propertyOf(schema, field), durationPattern(spec))
    const unless = 'dependent' in fields[field] ? ` Default: ${formatDefault(field)}.` : ''
    propertyOf(schema, field).description = `${meaning} ${trap}${unless}`
  }
}

function setPattern({ anyOf = [] }: JsonSchema, pattern: string): void {
  for (const form of anyOf) {
    if (typeof form !== 'object') continue
    if (form.type === 'string') form.pattern = pattern
    setPattern(form, pattern)
  }
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema {
  const property = schema.properties?.[name]
  if (typeof property !== 'object') throw new Error(`the schema has no property ${name}`)
  return property
}

/** The default as a file would write it. */
function writtenDefault(field: PoolConfigField): NonNullable<JsonSchema['default']> {
  const { kind, default: value } = fields[field]
  if (value === Number.POSITIVE_INFINITY) return 'unlimited'
  return kind === 'duration' && value > 0 ? formatDefault(field) : json(value)
}

function json(value: unknown): NonNullable<JsonSchema['default']> {
  return JSON.parse(JSON.stringify(value)) as NonNullable<JsonSchema['default']>
}

if (import.meta.main) {
  const folder = new URL('../dist/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('schema.json', folder), `${JSON.stringify(configFileSchema(), null, 2)}\n`)
}
