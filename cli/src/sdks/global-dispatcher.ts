import type { SdkRecipe } from './types.ts'

export const globalDispatcher: SdkRecipe = {
  title: 'setGlobalDispatcher(…)',
  packages: ['undici'],
  client: 'undici',
  setup: `import { createPool } from 'polypool/undici'
import { setGlobalDispatcher } from 'undici'

const pool = createPool({ maxConnections: 20 })
setGlobalDispatcher(pool.options.dispatcher)`,
  request: "(await fetch('https://api.example.com/')).json()",
  holds: [
    'Everything in the process that sends with undici or the global `fetch` and names no dispatcher goes through the pool, including SDKs that use the global `fetch`, whenever they were loaded.',
    'It works with whichever undici is built into Node: its `fetch` uses the same global dispatcher.',
  ],
  trap: {
    says: 'Clients that send with node:http (axios, got, most older SDKs) bypass it: for those use `http.globalAgent = …`. So do clients that name a dispatcher, such as an SDK with a ProxyAgent of its own.',
    setup: `import axios from 'axios'
import { createPool } from 'polypool/undici'
import { setGlobalDispatcher } from 'undici'

const pool = createPool({ maxConnections: 20 })
setGlobalDispatcher(pool.options.dispatcher)`,
    request: "axios.get('https://api.example.com/')",
  },
}
