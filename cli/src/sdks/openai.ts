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
    'Every call goes through the pool, including uploads and streams. A stream keeps its connection until its last event is read, or until you leave it with `break`.',
    "A call that gets no connection fails with `APIConnectionError`, after two retries by default (`maxRetries`); `isPoolError(error)` finds the pool's error in it.",
  ],
  trap: {
    says: '`httpAgent`, an option of version 4, is silently ignored since version 5: the calls bypass the pool.',
    setup: `import OpenAI from 'openai'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const openai = new OpenAI({ httpAgent: pool.options.https })`,
  },
}
