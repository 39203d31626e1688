import type { SdkRecipe } from './types.ts'

export const elasticUndici: SdkRecipe = {
  title: 'Elasticsearch with UndiciConnection',
  packages: ['@elastic/elasticsearch', 'undici'],
  client: 'undici',
  setup: `import { Client } from '@elastic/elasticsearch'
import { createPool } from 'polypool/undici'

const pool = createPool({ maxConnections: 20 })
const elastic = new Client({ node: 'https://api.example.com', agent: () => pool.options.dispatcher })`,
  request: 'elastic.info()',
  holds: [
    "This is the client's default connection. One total applies to all nodes, whichever version of undici the client brings.",
    "With a function, the client's `tls` and `caFingerprint` are ignored: pass what undici's `connect` takes to `createPool`.",
  ],
  trap: {
    says: "The client's `close()` closes what the function returned, which is the pool that all share. Don't call it; close the pool instead.",
    setup: `import { Client } from '@elastic/elasticsearch'
import { createPool } from 'polypool/undici'
import { request } from 'undici'

const pool = createPool({ maxConnections: 20 })
const elastic = new Client({ node: 'https://api.example.com', agent: () => pool.options.dispatcher })

await elastic.info()
await elastic.close()
const other = request('https://api.example.com/', pool.options) // ERR_POOL_CLOSED`,
    request: null,
  },
}
