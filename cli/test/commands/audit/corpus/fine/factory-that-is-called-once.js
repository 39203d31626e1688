import https from 'node:https'
import axios from 'axios'

function createAgent() {
  return new https.Agent({ keepAlive: true, maxSockets: 20 })
}

const httpsAgent = createAgent()
export const load = (url) => axios.get(url, { httpsAgent, proxy: false })
