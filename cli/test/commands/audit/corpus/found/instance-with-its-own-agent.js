import https from 'node:https'
import axios from 'axios'

export async function status(base) {
  const api = axios.create({
    baseURL: base,
    proxy: false,
    httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 5 }), //! client-per-request
  })
  const { status: code } = await api.get('/status')
  return code
}
