import http from 'node:http'
import https from 'node:https'
import fetch from 'node-fetch'

export function load(url) {
  return fetch(url, {
    agent: url.startsWith('https:')
      ? new https.Agent({ keepAlive: true, maxSockets: 4 }) //! client-per-request
      : new http.Agent({ keepAlive: true, maxSockets: 4 }),
  })
}
