import type { Agent } from 'node:https'
import axios from 'axios'

export async function load(url: string, httpsAgent: Agent) {
  const api = axios.create({ httpsAgent, proxy: false })
  return (await api.get(url)).data
}
