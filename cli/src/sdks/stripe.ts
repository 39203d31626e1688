import type { SdkRecipe } from './types.ts'

export const stripe: SdkRecipe = {
  title: 'Stripe',
  packages: ['stripe'],
  client: 'node-http',
  setup: `import { createPool } from 'polypool/node-http'
import Stripe from 'stripe'

const pool = createPool({ maxConnections: 20 })
const stripe = new Stripe('sk_test_…', { httpAgent: pool.options.https })`,
  request: 'stripe.balance.retrieve()',
  holds: [
    "Stripe's own `timeout` (80 s) counts the wait for a connection too; `acquireTimeout` ends that sooner.",
    'A request that gets no connection fails as `StripeConnectionError`, after as many more tries as `maxNetworkRetries` says.',
    'For a server by http, such as stripe-mock, give it `pool.options.http`.',
  ],
  trap: {
    says: 'What is bundled or run for another platform (conditions `worker`, `workerd`, `browser`, `deno`, `bun`) gets the build that sends by fetch, and throws where it is given `httpAgent`. There give it `httpClient: Stripe.createFetchHttpClient(pool.fetch)`, with a pool of `polypool/fetch`.',
    setup: `// node --conditions=worker
import { createPool } from 'polypool/node-http'
import Stripe from 'stripe'

const pool = createPool({ maxConnections: 20 })
const open = () => new Stripe('sk_test_…', { httpAgent: pool.options.https }) // throws`,
    request: null,
  },
}
