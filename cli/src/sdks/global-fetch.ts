import type { SdkRecipe } from './types.ts'

export const globalFetch: SdkRecipe = {
  title: 'globalThis.fetch = …',
  packages: ['undici'],
  client: 'fetch',
  setup: `import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
globalThis.fetch = pool.fetch`,
  request: "(await fetch('https://api.example.com/')).json()",
  holds: [
    'Everything that calls the global `fetch` from then on goes through the pool.',
    'Mocks and instrumentation that replace it later still reach the pool, if they call what they found.',
  ],
  trap: {
    says: "Code that took a reference to `fetch` earlier bypasses the pool; SDKs do so when a client is made. So put this in a module that is imported first, or use `setGlobalDispatcher` instead. undici's own `fetch` is a different function.",
    setup: `import { createPool } from 'polypool/fetch'

const taken = globalThis.fetch // as a library that was loaded before

const pool = createPool({ maxConnections: 20 })
globalThis.fetch = pool.fetch`,
    request: "(await taken('https://api.example.com/')).json()",
  },
}
