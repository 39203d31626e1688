import type { SdkRecipe } from './types.ts'

export const openai: SdkRecipe = {
  title: 'OpenAI',
  packages: ['openai', 'undici'],
  client: 'fetch',
  setup: `import OpenAI from 'openai'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const openai = new OpenAI({ fetch: pool.fetch })`,
  request: 'openai.models.list()',
  holds: [
    'Every call goes by the pool, uploads and streams too; a stream keeps its connection until its last event was read, or it was left with `break`.',
    'A call that gets no connection fails as `APIConnectionError`, which is tried twice more (`maxRetries`): `isPoolError(error)` finds the cause in it.',
  ],
  trap: {
    says: '`httpAgent`, which version 4 took, is ignored since version 5, without a word: the calls go round the pool.',
    setup: `import OpenAI from 'openai'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const openai = new OpenAI({ httpAgent: pool.options.https })`,
  },
}
