import type { SdkRecipe } from './types.ts'

export const httpProxy: SdkRecipe = {
  title: 'http-proxy',
  packages: ['http-proxy'],
  client: 'node-http',
  setup: `import http from 'node:http'
import httpProxy from 'http-proxy'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const proxy = httpProxy.createProxyServer({ target: 'https://api.example.com', changeOrigin: true, agent: pool.options.https })
const failed = (_error, _request, response) => response.writeHead(502).end()
const server = http.createServer((request, response) => proxy.web(request, response, {}, failed)).listen(8080)`,
  request: "(await fetch('http://127.0.0.1:8080/')).text()",
  holds: [
    'However many callers it has, the server behind it sees `maxConnections`. By itself http-proxy makes a connection for each request, and closes it.',
    'WebSockets (`proxy.ws`) go by the agent too: once they are open they have left the pool, and count no more.',
  ],
  trap: {
    says: "When a caller goes away, http-proxy 1.18 does not give up what it has sent for him (it waits for `aborted`, which Node does not emit for a request that was read whole): the request keeps its connection until the server answers. This ends it: `proxy.on('proxyReq', (sent, _request, response) => response.once('close', () => sent.destroy()))`.",
    setup: `import http from 'node:http'
import httpProxy from 'http-proxy'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const proxy = httpProxy.createProxyServer({ target: 'https://api.example.com', changeOrigin: true, agent: pool.options.https })
const failed = (_error, _request, response) => response.writeHead(502).end()
const server = http.createServer((request, response) => proxy.web(request, response, {}, failed)).listen(8080)`,
  },
}
