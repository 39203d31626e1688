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
    'Everything in the process that sends by node:http and names no agent goes by the pool, whenever it was loaded: here axios, as an example of what knows nothing of polypool.',
    'Say so in the module that the program starts with. It works on the modules themselves (`import http from`), not on names taken out of them.',
  ],
  trap: {
    says: 'What brings an agent of its own, and `fetch` and undici, which have none, go round it: `setGlobalDispatcher` is for those. And `agent: false` makes an agent for one request.',
    setup: `import https from 'node:https'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
https.globalAgent = pool.options.https`,
    request: "(await fetch('https://api.example.com/')).json()",
  },
}
