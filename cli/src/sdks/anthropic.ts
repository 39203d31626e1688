import type { SdkRecipe } from './types.ts'

export const anthropic: SdkRecipe = {
  title: 'Anthropic, and what else takes a fetch',
  packages: ['@anthropic-ai/sdk', 'undici'],
  client: 'fetch',
  setup: `import Anthropic from '@anthropic-ai/sdk'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const anthropic = new Anthropic({ fetch: pool.fetch })`,
  request: 'anthropic.models.list()',
  holds: [
    'The same for every SDK with an option `fetch`: all its calls go by the pool, on any supported version of undici beside any Node.',
    'Retries of the SDK (`maxRetries`) are requests of their own for the pool, each with an `acquireTimeout` of its own.',
  ],
  trap: {
    says: 'A stream that nobody reads to its end keeps its connection: leave it with `break`, or abort it. And `maxConnections` is then the most answers that can be streamed at one time.',
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
