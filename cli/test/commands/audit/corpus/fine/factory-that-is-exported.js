import https from 'node:https'
import axios from 'axios'

export function createApi(base) {
  const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20 })
  const api = axios.create({ baseURL: base, httpsAgent, proxy: false })
  api.interceptors.response.use((answer) => answer.data)
  return api
}
