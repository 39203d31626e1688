import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'

const limits = {
  keepAlive: true,
  maxTotalSockets: 20, // of each agent
  maxSockets: 8,
  maxFreeSockets: 4,
  timeout: 4000, // idle; on an active connection it emits 'timeout'
}
const agents = { http: new http.Agent(limits), https: new https.Agent(limits) }

export function get(url) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const request = secure ? https.get(url, { agent: agents.https }) : http.get(url, { agent: agents.http })
    request.on('response', (response) => resolve(text(response))).on('error', reject)
  })
}
