import http from 'node:http'
import https from 'node:https'
import axios from 'axios'

const limits = {
  keepAlive: true,
  maxTotalSockets: 20, // of each agent
  maxSockets: 8,
  maxFreeSockets: 4,
  timeout: 4000, // idle; on an active connection it emits 'timeout'
}
const api = axios.create({ httpAgent: new http.Agent(limits), httpsAgent: new https.Agent(limits) })

export async function get(url) {
  const { data } = await api.get(url)
  return data
}
