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
    "It does not retry the pool's errors, because their codes are not in `errorCodes`; leave it so.",
    'While a request waits for its next attempt, it holds no connection.',
  ],
  trap: {
    says: 'It also repeats requests that were answered with 429 or 5xx, up to 5 times by default: a server in trouble gets each request several times, and each attempt takes a connection. Size the pool for that, or retry fewer statuses: `statusCodes: [429, 503]`.',
    setup: `import { createPool } from 'polypool/undici'
import { RetryAgent, request } from 'undici'

const pool = createPool({ maxConnections: 20 })
const dispatcher = new RetryAgent(pool.options.dispatcher, { maxRetries: 3, minTimeout: 1 })

const { statusCode } = await request('https://api.example.com/broken', { dispatcher }).catch((error) => error) // 502
const { created, reused } = pool.stats() // four requests`,
    request: null,
  },
}
