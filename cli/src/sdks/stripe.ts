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
    "Stripe's own `timeout` (80 s) includes the wait for a connection; `acquireTimeout` ends that wait sooner.",
    'A request that gets no connection fails with `StripeConnectionError`, after as many retries as `maxNetworkRetries` says.',
    'For an http server, such as stripe-mock, pass `pool.options.http`.',
  ],
  trap: {
    says: 'Bundled or run for another platform (conditions `worker`, `workerd`, `browser`, `deno`, `bun`), Stripe uses its fetch build, which throws if it is given `httpAgent`. There pass `httpClient: Stripe.createFetchHttpClient(pool.fetch)`, with a pool of `polypool/fetch`.',
    setup: `// node --conditions=worker
import { createPool } from 'polypool/node-http'
import Stripe from 'stripe'

const pool = createPool({ maxConnections: 20 })
const open = () => new Stripe('sk_test_…', { httpAgent: pool.options.https }) // throws`,
    request: null,
  },
}
