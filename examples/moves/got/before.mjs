import { Agent } from 'node:http'
import got from 'got'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const http = new Agent({ keepAlive: true, maxSockets: 3, maxFreeSockets: 2 })
const api = got.extend({ prefixUrl: origin, agent: { http }, retry: { limit: 2 }, timeout: { request: 5000 } })

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => api.get(`${n}`).text()))))
http.destroy()
