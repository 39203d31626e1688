import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import HttpAgent, { HttpsAgent } from 'agentkeepalive'

const limits = {
  maxTotalSockets: 20, // of each agent
  maxSockets: 8,
  maxFreeSockets: 4,
  freeSocketTimeout: 4000,
  timeout: 0, // else an active request dies after 8 s without data
}
const agents = { http: new HttpAgent({ ...limits }), https: new HttpsAgent({ ...limits }) }

export function get(url) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const request = secure ? https.get(url, { agent: agents.https }) : http.get(url, { agent: agents.http })
    request.on('response', (response) => resolve(text(response))).on('error', reject)
  })
}
