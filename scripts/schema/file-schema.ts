import { toJsonSchema } from '@valibot/to-json-schema'
import { processesSpec } from '../../src/config/processes.ts'
import { poolNamePattern } from '../../src/files/source.ts'
import { auditSchema } from './audit-schema.ts'
import { schemaOf } from './config-schema.ts'
import { fleetSchema } from './fleet-schema.ts'

/** The JSON schema of a config file, made from the one of a single pool: `{ "pools": { "name": { "extends": …, … } } }`. */
export function fileSchema(pool: object): object {
  const {
    $schema,
    title: _,
    properties,
    ...rest
  } = pool as { $schema?: string; title?: string; properties?: { $schema?: object } }
  const { $schema: address, ...fields } = properties ?? {}
  const parent = {
    type: 'string',
    pattern: poolNamePattern.source,
    description: 'The pool that this one inherits from, field by field. Left out, it is `default`.',
  }
  return {
    $schema,
    title: 'polypool: the limits of connection pools',
    type: 'object',
    properties: {
      $schema: address ?? { type: 'string' },
      processes: processesSchema(),
      audit: auditSchema(),
      pools: {
        type: 'object',
        description: 'Pools by name. The others inherit from `default`.',
        propertyNames: { type: 'string', pattern: poolNamePattern.source },
        additionalProperties: { $ref: '#/definitions/pool' },
      },
    },
    required: ['pools'],
    additionalProperties: false,
    // `payments:` with nothing behind it, as YAML allows, is a pool that sets nothing.
    definitions: {
      pool: { ...rest, type: ['object', 'null'], properties: { extends: parent, fleet: fleetSchema(), ...fields } },
    },
  }
}

function processesSchema(): object {
  const { $schema: _, ...schema } = toJsonSchema(schemaOf(processesSpec), { typeMode: 'input' })
  const { meaning, trap, default: value, example } = processesSpec
  return { ...schema, description: `${meaning} ${trap}`, default: value, examples: [example] }
}
