import https from 'node:https'
import axios, { type AxiosInstance } from 'axios'

export class Monitor {
  readonly client: AxiosInstance = axios.create({ baseURL: 'https://status.test' })

  check(path: string) {
    return this.client.get(path, {
      httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false }), //! client-per-request
    })
  }
}
