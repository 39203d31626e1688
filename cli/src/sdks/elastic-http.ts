import type { SdkRecipe } from './types.ts'

export const elasticHttp: SdkRecipe = {
  title: 'Elasticsearch with HttpConnection',
  packages: ['@elastic/elasticsearch'],
  client: 'node-http',
  setup: `import { Client, HttpConnection } from '@elastic/elasticsearch'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const agent = ({ url }) => (url.protocol === 'https:' ? pool.options.https : pool.options.http)
const elastic = new Client({ node: 'https://api.example.com', Connection: HttpConnection, agent })`,
  request: 'elastic.info()',
  holds: [
    'One total over all nodes: by itself the client has 256 connections for each. `maxConnectionsPerHost` is the limit for one node.',
    "The function is asked once for each node; `tls` of the client's options goes into the pool's: `createPool(config, { ca })`.",
    '`close()` of the client destroys the agents: close the pool instead.',
  ],
  trap: {
    says: 'A request that the pool refuses counts as an error of the node: the client marks that as dead, and tries others (`maxRetries`, 3 by itself). So let requests wait rather than refuse them, with an `acquireTimeout` that only a node in trouble exceeds.',
    setup: `import { Client, HttpConnection } from '@elastic/elasticsearch'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 1, block: false, maxOverflow: 0 }) // refuses at once
const agent = ({ url }) => (url.protocol === 'https:' ? pool.options.https : pool.options.http)
const nodes = ['https://api.example.com/one', 'https://api.example.com/two']
const elastic = new Client({ nodes, Connection: HttpConnection, agent, maxRetries: 1 })`,
  },
}
