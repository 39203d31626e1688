import https from 'node:https'
import axios from 'axios'

export class Reports {
  #agent() {
    return new https.Agent({ keepAlive: true, maxSockets: 5 }) //! client-per-request
  }

  async load(id: string) {
    return axios.get(`https://reports.test/${id}`, { httpsAgent: this.#agent(), proxy: false })
  }
}
