import type { SdkRecipe } from './types.ts'

export const needle: SdkRecipe = {
  title: 'needle',
  packages: ['needle'],
  client: 'node-http',
  setup: `import needle from 'needle'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const options = { agent: pool.options.https }`,
  request: "needle('get', 'https://api.example.com/', options)",
  holds: [
    'To use it for every call: `needle.defaults({ agent: pool.options.https })`. An agent serves one scheme.',
    '`open_timeout` (10 s by default) runs until the answer begins, and so includes the wait for a connection: set it above `acquireTimeout`.',
  ],
  trap: {
    says: 'needle writes the TLS options of a single call (`rejectUnauthorized`, `ca`, `cert`, …) into the agent, so from then on they apply to every request of the pool. Pass them to `createPool` instead, or give such calls a pool of their own.',
    setup: `import { get } from 'node:https'
import needle from 'needle'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const agent = pool.options.https

await needle('get', 'https://api.example.com/', { agent, rejectUnauthorized: false })
const other = get('https://api.example.com/', { agent }) // no certificate is checked any more`,
    request: null,
  },
}
