import https from 'node:https'
import axios from 'axios'

export class Api {
  #agent: https.Agent | undefined

  agent() {
    this.#agent ??= new https.Agent({ keepAlive: true, maxSockets: 20 })
    return this.#agent
  }

  get(url: string) {
    return axios.get(url, { httpsAgent: this.agent(), proxy: false })
  }
}
