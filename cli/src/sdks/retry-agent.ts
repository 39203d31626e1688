import type { SdkRecipe } from './types.ts'

export const retryAgent: SdkRecipe = {
  title: "undici's RetryAgent",
  packages: ['undici'],
  client: 'undici',
  setup: `import { createPool } from 'polypool/undici'
import { RetryAgent, request } from 'undici'

const pool = createPool({ maxConnections: 20 })
const dispatcher = new RetryAgent(pool.options.dispatcher, { maxRetries: 3 })`,
  request: "(await request('https://api.example.com/', { dispatcher })).body.json()",
  holds: [
    'Errors of the pool are not tried again: their codes are not among `errorCodes`, which is how it should be.',
    'While it waits for the next try a request holds no connection.',
  ],
  trap: {
    says: 'It also repeats what was answered with 429 or 5xx, up to 5 times by itself: to a server in trouble each request then comes several times, and takes a connection each time. Size the pool for that, or take the statuses out: `statusCodes: [429, 503]`.',
    setup: `import { createPool } from 'polypool/undici'
import { RetryAgent, request } from 'undici'

const pool = createPool({ maxConnections: 20 })
const dispatcher = new RetryAgent(pool.options.dispatcher, { maxRetries: 3, minTimeout: 1 })

const { statusCode } = await request('https://api.example.com/broken', { dispatcher }).catch((error) => error) // 502
const { created, reused } = pool.stats() // four requests`,
    request: null,
  },
}
