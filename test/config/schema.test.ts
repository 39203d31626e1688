import type { JsonSchema } from '@valibot/to-json-schema'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { poolConfigJsonSchema } from '../../scripts/build-schema.ts'
import { poolConfigSchema } from '../../scripts/schema/config-schema.ts'
import { durationPattern } from '../../scripts/schema/durations.ts'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames, hostFieldNames } from '../../src/config/fields.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { draws } from '../draws.ts'

const schema = poolConfigJsonSchema()

function propertyOf(parent: JsonSchema, name: string): JsonSchema {
  const property = parent.properties?.[name]
  if (typeof property !== 'object') throw new Error(`no property ${name}`)
  return property
}

test('the JSON schema has every field, $schema and nothing else', () => {
  expect(Object.keys(schema.properties ?? {})).toEqual(['$schema', ...fieldNames])
  expect(schema.additionalProperties).toBe(false)
  expect(schema.required).toEqual([])
})

test.each(fieldNames)('%s is described, and its default and example are valid', (field) => {
  const { description, default: byDefault, examples } = propertyOf(schema, field)
  expect(description).toContain(fieldTexts[field].meaning)
  expect(description).toContain(fieldTexts[field].trap)
  expect(() => parsePoolConfig({ [field]: examples?.[0] })).not.toThrow()
  if (field !== 'maxOverflow') expect(parsePoolConfig({ [field]: byDefault }).config).toEqual(parsePoolConfig({}).config)
})

test('a host has the fields that it may override', () => {
  const host = propertyOf(schema, 'hosts').additionalProperties
  if (typeof host !== 'object') throw new Error('no schema for one host')
  expect(Object.keys(host.properties ?? {})).toEqual(hostFieldNames)
  expect(host.additionalProperties).toBe(false)
  expect(propertyOf(host, 'acquireTimeout').description).toContain(fieldTexts.acquireTimeout.meaning)
})

test('limits and durations have the forms that a file can write', () => {
  expect(propertyOf(schema, 'maxConnections').anyOf).toEqual([
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { const: 'unlimited' },
  ])
  expect(propertyOf(schema, 'maxPending').anyOf).toContainEqual({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
  expect(propertyOf(schema, 'keepAliveHintMargin').anyOf).toEqual([
    { const: 0 },
    { type: 'number', minimum: 1, maximum: 2_147_483_647 },
    { type: 'string', maxLength: 24, pattern: durationPattern({ zero: true }) },
  ])
  expect(propertyOf(schema, 'http2').anyOf).toEqual([{ const: false }, { const: true }, { const: 'only' }])
  expect(propertyOf(schema, 'scheduling').enum).toEqual(['lifo', 'fifo'])
  expect(JSON.stringify(schema)).not.toMatch(/Infinity|\{\}\]|\{\},/)
})

test('the schema as a whole and the parser accept the same', () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 3 }),
    fc.constantFrom('unlimited', '5s', '5', '0s', '1.5ms', true, false, 'lifo', 'only', 0.5, null),
  )
  const names = fc.constantFrom(...fieldNames.filter((field) => field !== 'hosts'), '$schema', 'other')
  const overrides = fc.record({ 'a.test': fc.dictionary(names, value, { maxKeys: 2 }) })
  const configs = fc.record({
    fields: fc.dictionary(names, value, { maxKeys: 2 }),
    hosts: fc.option(overrides, { nil: undefined }),
  })
  fc.assert(
    fc.property(configs, ({ fields: given, hosts }) => {
      const config = hosts ? { ...given, hosts } : given
      let accepted = true
      try {
        parsePoolConfig(config)
      } catch {
        accepted = false
      }
      expect(v.safeParse(poolConfigSchema(), config).success).toBe(accepted)
    }),
    { numRuns: draws(1000) },
  )
})
