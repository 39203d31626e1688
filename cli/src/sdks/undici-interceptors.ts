import type { SdkRecipe } from './types.ts'

export const undiciInterceptors: SdkRecipe = {
  title: "undici's interceptors",
  packages: ['undici'],
  client: 'undici',
  setup: `import { createPool } from 'polypool/undici'
import { interceptors, request } from 'undici'

const pool = createPool({ maxConnections: 20 })
const dispatcher = pool.options.dispatcher.compose(interceptors.redirect({ maxRedirections: 3 }), interceptors.retry({ maxRetries: 2 }))`,
  request: "(await request('https://api.example.com/', { dispatcher })).body.json()",
  holds: [
    'The pool is below them: an additional request of an interceptor, for a redirect or a retry, is a new request to the pool with its own `acquireTimeout`; between the two no connection is held.',
    'Each `compose` makes another dispatcher on the same pool: all of them share its limits.',
  ],
  trap: {
    says: "`interceptors.dns` sends to addresses instead of names: each address becomes a host of its own with `maxConnectionsPerHost` connections, and entries in `hosts` no longer match. The pool's `dnsCacheTtl` caches look-ups as well, and keeps the names.",
    setup: `import { createPool } from 'polypool/undici'
import { interceptors, request } from 'undici'

const pool = createPool({ maxConnectionsPerHost: 5 })
const dispatcher = pool.options.dispatcher.compose(interceptors.dns()) // for a name with two addresses: 10 connections`,
  },
}
