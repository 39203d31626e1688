import type { ClientFacts } from '../types.ts'
import { readSettings, translate } from './native.ts'
import { pooling } from './pooling.ts'
import { recipe } from './recipe.ts'
import { source } from './source.ts'
import { support } from './support.ts'

export const client: ClientFacts = {
  otherNames: ['http', 'https', 'node:http', 'node:https'],
  engine: 'node-agent',
  loadsPeer: false,
  support,
  translate,
  readSettings,
  pooling,
  recipe,
  source,
}
