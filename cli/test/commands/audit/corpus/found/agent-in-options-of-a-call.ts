import { Agent } from 'node:https'
import axios from 'axios'

export const price = (sku: string) =>
  axios.get(`https://api.test/prices/${sku}`, {
    proxy: false,
    httpsAgent: new Agent({ keepAlive: true, maxSockets: 5 }), //! client-per-request
  })
