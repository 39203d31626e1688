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
    'However many callers it has, the server behind it sees at most `maxConnections`. By default http-proxy opens a connection for each request, and closes it.',
    'WebSockets (`proxy.ws`) use the agent too: once open, they leave the pool and no longer count.',
  ],
  trap: {
    says: "When a caller goes away, http-proxy 1.18 does not cancel the request that it sent on (it waits for `aborted`, which Node does not emit once a request has been read completely), so the request keeps its connection until the server answers. This cancels it: `proxy.on('proxyReq', (sent, _request, response) => response.once('close', () => sent.destroy()))`.",
    setup: `import http from 'node:http'
import httpProxy from 'http-proxy'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const proxy = httpProxy.createProxyServer({ target: 'https://api.example.com', changeOrigin: true, agent: pool.options.https })
const failed = (_error, _request, response) => response.writeHead(502).end()
const server = http.createServer((request, response) => proxy.web(request, response, {}, failed)).listen(8080)`,
  },
}
