import type { SdkRecipe } from './types.ts'

export const httpProxyMiddleware: SdkRecipe = {
  title: 'http-proxy-middleware',
  packages: ['http-proxy-middleware', 'express'],
  client: 'node-http',
  setup: `import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const app = express()
app.use('/api', createProxyMiddleware({ target: 'https://api.example.com', changeOrigin: true, agent: pool.options.https }))
const server = app.listen(8080)`,
  request: "(await fetch('http://127.0.0.1:8080/api/orders')).text()",
  holds: [
    'Several middlewares may have the same agent: one total for all of them. By itself version 4 keeps up to 256 connections to a host.',
    'WebSockets (`ws: true`) go by the agent too: once they are open they have left the pool, and count no more.',
  ],
  trap: {
    says: 'One agent serves one scheme: a `router` that sends some requests to a target of the other fails there with ERR_INVALID_PROTOCOL. Make a middleware for each scheme.',
    setup: `import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const app = express()
const failed = []
const on = { error: (error, request, response) => void failed.push(error.code) || response.writeHead(502).end() }
const router = { '/api/legacy': 'http://127.0.0.1:8080' }
app.use(createProxyMiddleware({ target: 'https://api.example.com', router, agent: pool.options.https, on }))
const server = app.listen(8080)`,
    request: "(await fetch('http://127.0.0.1:8080/api/legacy')).text()",
  },
}
