import https from 'node:https'
import { WebClient } from '@slack/web-api'

export const client = (token: string) => new WebClient(token, { agent: new https.Agent({ keepAlive: true, maxSockets: 5 }) })

export function options(caller: { register(agent: https.Agent): void }) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 5 })
  caller.register(agent)
  return agent
}
