import axios, { type AxiosInstance } from 'axios'
import { Agent } from 'http'

interface Options {
  readonly maxSockets?: number
  readonly ipv4?: boolean
}

class Client {
  private readonly agent: Agent
  private readonly http: AxiosInstance

  constructor({ maxSockets, ipv4 = false }: Options = {}) {
    this.agent = new Agent({
      // Connections are dear here.
      keepAlive: true,
      keepAliveMsecs: 30_000, // as the firewall wants it
      maxSockets: maxSockets ?? 4,
      ...(ipv4 ? { family: 4 } : {}),
    })
    this.http = axios.create({ baseURL: process.env.ORIGIN ?? '', httpAgent: this.agent, proxy: false })
  }

  async get(path: string): Promise<string> {
    const { data } = await this.http.get<string>(path)
    return data
  }

  close(): void {
    this.agent.destroy()
  }
}

const client = new Client({ ipv4: true })
const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => client.get(`/${n}`)))
console.log(JSON.stringify(answers))
client.close()
