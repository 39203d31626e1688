import type { SdkRecipe } from './types.ts'

export const gaxios: SdkRecipe = {
  title: 'gaxios, and Google clients',
  packages: ['gaxios'],
  client: 'node-http',
  setup: `import { Gaxios } from 'gaxios'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const agent = ({ protocol }) => (protocol === 'https:' ? pool.options.https : pool.options.http)
const google = new Gaxios({ agent })`,
  request: "google.request({ url: 'https://api.example.com/' })",
  holds: [
    "A function is asked for each request, and so for each scheme. google-auth-library takes the same by `transporterOptions: { agent }`, Google's REST clients by `google.options({ agent })`.",
    'A `timeout` counts the wait for a connection too.',
  ],
  trap: {
    says: "With an agent, gaxios leaves `HTTPS_PROXY`, `proxy`, `cert` and `key` alone: its requests go there directly, and without a certificate. Say it to the pool: `proxy: 'env'` in its config, `cert` and `key` among the native options of `createPool`.",
    setup: `// HTTPS_PROXY=http://proxy.example.com:3128
import { Gaxios } from 'gaxios'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 }) // not: { maxConnections: 20, proxy: 'env' }
const google = new Gaxios({ agent: pool.options.https })`,
  },
}
