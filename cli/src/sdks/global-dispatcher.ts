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
    'Everything in the process that sends by undici or the global `fetch` and names no dispatcher goes by the pool, SDKs that take the global `fetch` too, whenever they were loaded.',
    'Whatever undici Node has built in: its `fetch` asks the same global dispatcher.',
  ],
  trap: {
    says: 'What sends by node:http (axios, got, most older SDKs) goes round it: `http.globalAgent = …` is for those. So does what names a dispatcher, such as an SDK with a ProxyAgent of its own.',
    setup: `import axios from 'axios'
import { createPool } from 'polypool/undici'
import { setGlobalDispatcher } from 'undici'

const pool = createPool({ maxConnections: 20 })
setGlobalDispatcher(pool.options.dispatcher)`,
    request: "axios.get('https://api.example.com/')",
  },
}
