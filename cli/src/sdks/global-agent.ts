import type { SdkRecipe } from './types.ts'

export const globalAgent: SdkRecipe = {
  title: 'http.globalAgent = …',
  packages: ['axios'],
  client: 'node-http',
  setup: `import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
http.globalAgent = pool.options.http
https.globalAgent = pool.options.https`,
  request: "axios.get('https://api.example.com/')",
  holds: [
    'Everything in the process that sends with node:http and names no agent goes through the pool, whenever it was loaded; axios stands here for a client that knows nothing of polypool.',
    'Do this in the module that the program starts with. Assign to the modules themselves (`import http from`), not to names imported from them.',
  ],
  trap: {
    says: 'Clients with an agent of their own bypass it, and so do `fetch` and undici, which use no agents: for those use `setGlobalDispatcher`. And `agent: false` makes an agent for one request.',
    setup: `import https from 'node:https'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
https.globalAgent = pool.options.https`,
    request: "(await fetch('https://api.example.com/')).json()",
  },
}
