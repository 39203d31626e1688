import type { SdkRecipe } from './types.ts'

export const graphqlRequest: SdkRecipe = {
  title: 'graphql-request',
  packages: ['graphql-request', 'graphql', 'undici'],
  client: 'fetch',
  setup: `import { GraphQLClient } from 'graphql-request'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const api = new GraphQLClient('https://api.example.com/graphql', { fetch: pool.fetch })`,
  request: "api.request('{ orders { id } }')",
  holds: [
    'Queries and batches of this client go through the pool. Other GraphQL clients take a `fetch` as well: `new HttpLink({ uri, fetch: pool.fetch })` in Apollo, `fetch` in urql.',
  ],
  trap: {
    says: "The package's functions `request` and `rawRequest` use the global `fetch`, whichever clients exist: they bypass the pool.",
    setup: `import { request } from 'graphql-request'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })`,
    request: "request('https://api.example.com/graphql', '{ orders { id } }')",
  },
}
