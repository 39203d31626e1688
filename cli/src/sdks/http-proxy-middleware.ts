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
    'Several middlewares can share the same agent, and so one total. By default version 4 keeps up to 256 connections to a host.',
    'WebSockets (`ws: true`) use the agent too: once open, they leave the pool and no longer count.',
  ],
  trap: {
    says: 'An agent serves one scheme: if a `router` sends some requests to a target with the other scheme, they fail with ERR_INVALID_PROTOCOL. Make a middleware for each scheme.',
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
