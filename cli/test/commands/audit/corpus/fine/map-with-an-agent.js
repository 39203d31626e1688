import https from 'node:https'

export const registry = new Map()

export function remember(name) {
  registry.set(name, { agent: new https.Agent({ keepAlive: true, maxSockets: 5 }) })
  return registry.get(name)
}
