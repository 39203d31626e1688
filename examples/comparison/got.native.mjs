import http from 'node:http'
import https from 'node:https'
import got from 'got'

const limits = {
  keepAlive: true,
  maxTotalSockets: 20, // of each agent
  maxSockets: 8,
  maxFreeSockets: 4,
  timeout: 4000, // idle; on an active connection it emits 'timeout'
}
const api = got.extend({ agent: { http: new http.Agent(limits), https: new https.Agent(limits) } })

export function get(url) {
  return api(url).text()
}
