import type { SdkRecipe } from './types.ts'

export const ky: SdkRecipe = {
  title: 'ky',
  packages: ['ky', 'undici'],
  client: 'fetch',
  setup: `import ky from 'ky'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const api = ky.create({ fetch: pool.fetch })`,
  request: "api.get('https://api.example.com/').json()",
  holds: [
    "ky's `timeout` (10 s by default) includes the wait for a connection: with an `acquireTimeout` below it you can tell the two apart.",
    'Read every answer to its end, or cancel its body: `await response.body?.cancel()`.',
  ],
  trap: {
    says: 'To ky, a request that the pool refuses is a network error, and it retries idempotent methods twice: when the pool sheds load, one request becomes three. `shouldRetry: ({ error }) => (isPoolError(error) ? false : undefined)` prevents that.',
    setup: `import ky from 'ky'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 1, maxOverflow: 0, block: false }) // refuses at once
const api = ky.create({ fetch: pool.fetch, retry: { limit: 2, delay: () => 1 } })`,
  },
}
