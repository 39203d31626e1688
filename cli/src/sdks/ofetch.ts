import type { SdkRecipe } from './types.ts'

export const ofetch: SdkRecipe = {
  title: 'ofetch',
  packages: ['ofetch', 'undici'],
  client: 'fetch',
  setup: `import { createFetch } from 'ofetch'
import { createPool } from 'polypool/fetch'

const pool = createPool({ maxConnections: 20 })
const $fetch = createFetch({ fetch: pool.fetch })`,
  request: "$fetch('https://api.example.com/')",
  holds: [
    '`ofetch.create({ dispatcher: pool.options.dispatcher })` does the same for one instance, and `$fetch(url, { dispatcher })` for one call.',
    'ofetch retries a failed GET once (`retry`), even if the pool refused it.',
  ],
  trap: {
    says: '`agent`, which its docs mention for old versions of Node, is ignored if there is a global `fetch`: the calls bypass the pool.',
    setup: `import { ofetch } from 'ofetch'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const $fetch = ofetch.create({ agent: pool.options.https })`,
  },
}
