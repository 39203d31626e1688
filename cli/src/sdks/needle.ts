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
    'For every call: `needle.defaults({ agent: pool.options.https })`. One agent serves one scheme.',
    '`open_timeout` (10 s by itself) runs until the answer begins, and so counts the wait for a connection: set it above `acquireTimeout`.',
  ],
  trap: {
    says: 'TLS options of a single call (`rejectUnauthorized`, `ca`, `cert`, …) are written into the agent, and so hold from then on for every other request of the pool. Give them to `createPool` instead, or such calls a pool of their own.',
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
