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
    'By `use` every request of `api` has the agent; for a single one call `.agent(pool.options.https)`. By itself superagent keeps no connection.',
    '`timeout({ response })` counts the wait for a connection too.',
  ],
  trap: {
    says: "`superagent.agent()` is a jar for cookies, no agent of node's: what it is given is looked through for certificates and otherwise ignored, and its requests go round the pool.",
    setup: `import { createPool } from 'polypool/node-http'
import superagent from 'superagent'

const pool = createPool({ maxConnections: 20 })
const api = superagent.agent(pool.options.https)`,
  },
}
