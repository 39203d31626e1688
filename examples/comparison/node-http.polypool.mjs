import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { createPool } from 'polypool/node-http'

const pool = createPool({
  maxConnections: 20,
  maxConnectionsPerHost: 8,
  maxIdleConnectionsPerHost: 4,
  keepAliveExpiry: '4s',
  acquireTimeout: '2s',
})
const agents = pool.options

export function get(url) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const request = secure ? https.get(url, { agent: agents.https }) : http.get(url, { agent: agents.http })
    request.on('response', (response) => resolve(text(response))).on('error', reject)
  })
}
