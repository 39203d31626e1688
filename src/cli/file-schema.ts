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
    description: 'The pool that this one inherits from, field by field. Left out, it is `default`.',
  }
  return {
    $schema,
    title: 'polypool: the limits of connection pools',
    type: 'object',
    properties: {
      $schema: address ?? { type: 'string' },
      pools: {
        type: 'object',
        description: 'Pools by name. The others inherit from `default`.',
        additionalProperties: { $ref: '#/definitions/pool' },
      },
    },
    required: ['pools'],
    additionalProperties: false,
    definitions: { pool: { ...rest, properties: { extends: parent, ...fields } } },
  }
}
