import https from 'node:https'
import axios from 'axios'

export async function all(urls) {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 10 })
  return Promise.all(urls.map((url) => axios.get(url, { httpsAgent, proxy: false })))
}
