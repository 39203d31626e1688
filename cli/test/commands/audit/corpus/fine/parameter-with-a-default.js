import https from 'node:https'
import axios from 'axios'

const shared = new https.Agent({ keepAlive: true, maxSockets: 5 })

export function load(url, agent = shared) {
  return axios.get(url, { httpsAgent: agent, proxy: false })
}
