import type { SdkRecipe } from './types.ts'

export const superagent: SdkRecipe = {
  title: 'superagent',
  packages: ['superagent'],
  client: 'node-http',
  setup: `import { createPool } from 'polypool/node-http'
import superagent from 'superagent'

const pool = createPool({ maxConnections: 20 })
const pooled = (request) => request.agent(pool.options.https)
const api = superagent.agent().use(pooled)`,
  request: "api.get('https://api.example.com/')",
  holds: [
    'With `use`, every request of `api` has the agent; for a single one call `.agent(pool.options.https)`. By default superagent keeps no connection.',
    '`timeout({ response })` includes the wait for a connection.',
  ],
  trap: {
    says: "`superagent.agent()` is a cookie jar, not one of node's agents: it reads only certificates from the options that it is given, and its requests bypass the pool.",
    setup: `import { createPool } from 'polypool/node-http'
import superagent from 'superagent'

const pool = createPool({ maxConnections: 20 })
const api = superagent.agent(pool.options.https)`,
  },
}
