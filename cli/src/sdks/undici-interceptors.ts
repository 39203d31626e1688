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
    'The pool is below them: what an interceptor sends more, for a redirect or another try, is a request of its own for the pool, with an `acquireTimeout` of its own; in between it holds no connection.',
    'Each `compose` is another dispatcher on the same pool: all of them share its limits.',
  ],
  trap: {
    says: '`interceptors.dns` sends to addresses in place of names: each address is then a host of its own, with `maxConnectionsPerHost` connections, and `hosts` no longer knows its name. `dnsCacheTtl` of the pool caches look-ups too, and leaves the names.',
    setup: `import { createPool } from 'polypool/undici'
import { interceptors, request } from 'undici'

const pool = createPool({ maxConnectionsPerHost: 5 })
const dispatcher = pool.options.dispatcher.compose(interceptors.dns()) // for a name with two addresses: 10 connections`,
  },
}
