import https from 'node:https'
import axios from 'axios'

export class Api {
  readonly agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
  readonly #http

  constructor(base: string) {
    this.#http = axios.create({ baseURL: base, httpsAgent: this.agent, proxy: false })
  }

  get(path: string) {
    return this.#http.get(path)
  }
}
