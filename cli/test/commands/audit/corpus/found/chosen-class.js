import http from 'node:http'
import https from 'node:https'
import fetch from 'node-fetch'

export function load(url) {
  const secure = url.startsWith('https:')
  const Agent = secure ? https.Agent : http.Agent
  const agent = new Agent({ keepAlive: true, maxSockets: 4 }) //! client-per-request
  return fetch(url, { agent })
}
