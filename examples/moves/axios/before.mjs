import { Agent } from 'node:http'
import axios from 'axios'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const httpAgent = new Agent({ keepAlive: true, maxSockets: 3 })
const api = axios.create({ baseURL: origin, timeout: 5000, httpAgent, proxy: false, headers: { 'x-team': 'orders' } })

const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => api.get(`/${n}`)))
console.log(JSON.stringify(answers.map(({ data }) => data)))
httpAgent.destroy()
