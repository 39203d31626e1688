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
    "ky's `timeout` (10 s by itself) counts the wait for a connection too: an `acquireTimeout` below it tells the two apart.",
    'Read every answer to its end, or cancel its body: `await response.body?.cancel()`.',
  ],
  trap: {
    says: 'What the pool refuses is a network error for ky, which tries idempotent methods twice more: where the pool sheds load, that makes three of one. `shouldRetry: ({ error }) => (isPoolError(error) ? false : undefined)` leaves it be.',
    setup: `import ky from 'ky'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 1, maxOverflow: 0, block: false }) // refuses at once
const api = ky.create({ fetch: pool.fetch, retry: { limit: 2, delay: () => 1 } })`,
  },
}
