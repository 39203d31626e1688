import type { SdkRecipe } from './types.ts'

export const followRedirects: SdkRecipe = {
  title: 'follow-redirects',
  packages: ['follow-redirects'],
  client: 'node-http',
  setup: `import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import followRedirects from 'follow-redirects'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })

async function get(url) {
  const [response] = await once(followRedirects.https.get(url, { agents: pool.options }), 'response')
  return text(response)
}`,
  request: "get('https://api.example.com/')",
  holds: [
    'The agent is chosen from `agents` by scheme for each request of a chain, so redirects from http to https and to other hosts stay within the pool.',
    'A redirect gives its connection back before the next request is sent; each request has its own `acquireTimeout`.',
  ],
  trap: {
    says: '`agent` is used for the whole chain: a redirect to the other scheme fails with ERR_FR_REDIRECTION_FAILURE, whose cause is ERR_INVALID_PROTOCOL. axios follows redirects with this package; `polypool/axios` gives it both agents.',
    setup: `import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import followRedirects from 'follow-redirects'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })

async function get(url) {
  const [response] = await once(followRedirects.https.get(url, { agent: pool.options.https }), 'response')
  return text(response)
}`,
    request: "get('https://api.example.com/to-http')",
  },
}
