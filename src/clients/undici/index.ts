import type { ClientFacts } from '../types.ts'
import { pooling } from './pooling.ts'
import { recipe } from './recipe.ts'
import { source } from './source.ts'
import { support } from './support.ts'

export const client: ClientFacts = {
  engine: 'undici-dispatcher',
  loadsPeer: true,
  support,
  pooling,
  recipe,
  source,
}
