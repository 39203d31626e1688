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
    "A function is called for each request, and so can choose by scheme. google-auth-library takes the same with `transporterOptions: { agent }`, Google's REST clients with `google.options({ agent })`.",
    "gaxios' `timeout` includes the wait for a connection.",
  ],
  trap: {
    says: "With an agent, gaxios ignores `HTTPS_PROXY`, `proxy`, `cert` and `key`: its requests go directly to the host, without a client certificate. Configure the pool instead: `proxy: 'env'` in its config, `cert` and `key` in the native options of `createPool`.",
    setup: `// HTTPS_PROXY=http://proxy.example.com:3128
import { Gaxios } from 'gaxios'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 }) // not: { maxConnections: 20, proxy: 'env' }
const google = new Gaxios({ agent: pool.options.https })`,
  },
}
