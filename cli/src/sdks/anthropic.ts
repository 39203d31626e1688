import type { SdkRecipe } from './types.ts'

export const anthropic: SdkRecipe = {
  title: 'Anthropic, and other SDKs that take a fetch',
  packages: ['@anthropic-ai/sdk', 'undici'],
  client: 'fetch',
  setup: `import Anthropic from '@anthropic-ai/sdk'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const anthropic = new Anthropic({ fetch: pool.fetch })`,
  request: 'anthropic.models.list()',
  holds: [
    'This works for every SDK with an option `fetch`: all its calls go through the pool, with any supported version of undici on any supported Node.',
    'To the pool, each retry of the SDK (`maxRetries`) is a new request with its own `acquireTimeout`.',
  ],
  trap: {
    says: 'A stream that is not read to its end keeps its connection: leave it with `break`, or abort it. `maxConnections` is also the number of answers that can be streamed at one time.',
    setup: `import Anthropic from '@anthropic-ai/sdk'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const anthropic = new Anthropic({ fetch: pool.fetch })
const question = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }

const stream = await anthropic.messages.create({ ...question, stream: true }) // one connection in use
const busy = pool.stats().active
stream.controller.abort() // and free again`,
    request: null,
  },
}
