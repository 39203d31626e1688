import https from 'node:https'
import axios, { type AxiosInstance } from 'axios'

export class Api {
  private client: AxiosInstance
  constructor(base: string) {
    const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 20 })
    this.client = axios.create({ baseURL: base, httpsAgent, proxy: false })
  }
  get = (path: string) => this.client.get(path)
}
