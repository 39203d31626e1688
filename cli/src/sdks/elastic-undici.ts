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
    'This is the connection that the client has by itself. One total over all nodes, of whichever version undici the client brings.',
    "With a function `tls` and `caFingerprint` of the client are ignored: give `createPool` what undici's `connect` takes.",
  ],
  trap: {
    says: '`close()` of the client closes what the function gave it, and that is the pool of everybody. Leave it out, and close the pool.',
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
