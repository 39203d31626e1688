import https from 'node:https'
import axios from 'axios'

class TlsAgent extends https.Agent {
  constructor(ca) {
    super({ keepAlive: true, ca })
  }
}

export async function load(url, ca) {
  const httpsAgent = new TlsAgent(ca) //! client-per-request
  return (await axios.get(url, { httpsAgent, proxy: false })).data
}
