import { expect, it } from 'vitest'
import { fieldNames } from '../../../src/config/fields.ts'
import { polypool } from '../command.ts'

it('schema prints the JSON Schema of config files', async () => {
  const { code, stdout } = await polypool(['schema'])
  expect(code).toBe(0)
  const schema = JSON.parse(stdout)
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['pools'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      processes: { type: 'integer', minimum: 1 },
      pools: { additionalProperties: { $ref: '#/definitions/pool' } },
    },
  })
  const { properties, additionalProperties } = schema.definitions.pool
  expect(additionalProperties).toBe(false)
  expect(Object.keys(properties)).toEqual(['extends', 'fleet', ...fieldNames])
  expect(properties.maxConnections.description).toContain('Open connections over all hosts')
})

it('schema --json is the same', async () => {
  const [plain, json] = await Promise.all([polypool(['schema']), polypool(['schema', '--json'])])
  expect(json.stdout).toBe(plain.stdout)
})
