import type { Node } from 'oxc-parser'
import { Lives } from './lives.ts'
import type { AuditRule } from './rule.ts'

export const clientPerRequest: AuditRule = {
  id: 'client-per-request',
  severity: 'warn',
  title: 'an agent or dispatcher for a single request',
  why: 'its connections are never reused, and stay open until they expire: every request pays for a handshake, and limits apply to that one request only',
  fix: 'make it once, where the module is loaded, and use it for every request',
  example: {
    bad: `import https from 'node:https'
import axios from 'axios'

export function order(id) {
  const httpsAgent = new https.Agent({ keepAlive: true })
  return axios.get(\`https://api.example.com/orders/\${id}\`, { httpsAgent, proxy: false })
}`,
    good: `import https from 'node:https'
import axios from 'axios'

const httpsAgent = new https.Agent({ keepAlive: true, timeout: 4000 })

export function order(id) {
  return axios.get(\`https://api.example.com/orders/\${id}\`, { httpsAgent, proxy: false })
}`,
  },
  *find(model) {
    const lives = new Lives(model)
    const told = new Set<Node>()
    for (const { node, creation } of model.created) {
      // Instances of axios and got have no connections: those are of the agents that they are given, or of all instances together.
      if (creation.role === 'client') continue
      const why = lives.shortBecause(node)
      if (why === undefined || lives.isPartOfAnother(node)) continue
      // One for http and one for https beside it are one mistake.
      const holder = lives.optionsAround(node)
      if (holder && told.has(holder)) continue
      if (holder) told.add(holder)
      yield { at: node, message: `${creation.label} ${why}` }
    }
  },
}
