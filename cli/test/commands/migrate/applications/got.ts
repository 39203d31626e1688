import http from 'node:http'
import got from 'got'

const api = got.extend({
  prefixUrl: process.env.ORIGIN ?? '',
  retry: { limit: 0 },
  agent: {
    http: new http.Agent({ keepAlive: true, maxSockets: 3 }),
  },
})

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => api.get(`${n}`).text()))))
