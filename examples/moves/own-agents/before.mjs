import http from 'node:http'
import https from 'node:https'
import axios from 'axios'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'

// The API allows three connections from each process.
const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 3, timeout: 30_000 })
const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 3, timeout: 30_000 })

const api = axios.create({ baseURL: origin, httpAgent, httpsAgent, proxy: false })

const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => api.get(`/${n}`)))
console.log(JSON.stringify(answers.map(({ data }) => data)))
httpAgent.destroy()
