import http from 'node:http'
import https from 'node:https'
import axios from 'axios'

const Agent = process.env.PLAIN ? http.Agent : https.Agent
const agent = new Agent({ keepAlive: true, maxSockets: 5 })
export const api = axios.create({ httpAgent: agent, httpsAgent: agent, proxy: false })
