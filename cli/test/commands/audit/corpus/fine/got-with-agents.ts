import http from 'node:http'
import https from 'node:https'
import got from 'got'

export const api = got.extend({
  agent: {
    http: new http.Agent({ keepAlive: true, maxSockets: 5 }),
    https: new https.Agent({ keepAlive: true, maxSockets: 5 }),
  },
})
