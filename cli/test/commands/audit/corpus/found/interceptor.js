import https from 'node:https'
import axios from 'axios'

export const api = axios.create({ baseURL: 'https://api.test' })

api.interceptors.request.use((config) => {
  config.httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
  return config
})
