import https from 'node:https'
import axios from 'axios'

let agent

export function load(url) {
  if (!agent) agent = new https.Agent({ keepAlive: true, maxSockets: 5 })
  return axios.get(url, { httpsAgent: agent, proxy: false })
}
