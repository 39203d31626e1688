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
    'One total applies to all nodes; by default the client has 256 connections for each. `maxConnectionsPerHost` is the limit for one node.',
    "The function is called once for each node. Put the client's `tls` option into the pool instead: `createPool(config, { ca })`.",
    "The client's `close()` destroys the agents: close the pool instead.",
  ],
  trap: {
    says: 'To the client, a request that the pool refuses is a failure of the node: it marks the node as dead and tries others (`maxRetries`, 3 by default). So let requests wait rather than refuse them, with an `acquireTimeout` that only a node in trouble exceeds.',
    setup: `import { Client, HttpConnection } from '@elastic/elasticsearch'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 1, block: false, maxOverflow: 0 }) // refuses at once
const agent = ({ url }) => (url.protocol === 'https:' ? pool.options.https : pool.options.http)
const nodes = ['https://api.example.com/one', 'https://api.example.com/two']
const elastic = new Client({ nodes, Connection: HttpConnection, agent, maxRetries: 1 })`,
  },
}
