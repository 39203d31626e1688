import https from 'node:https'
import axios from 'axios'

class PinnedAgent extends https.Agent {
  pin = 'x'
}

export const load = (url: string) =>
  axios.get(url, { proxy: false, httpsAgent: new PinnedAgent({ keepAlive: true, maxSockets: 5 }) }) //! client-per-request
