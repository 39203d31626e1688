import { isNodeAgent } from '../../reading/javascript/clients.ts'
import { content, field, isClosed } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

export const keepAliveOff: AuditRule = {
  id: 'keep-alive-off',
  severity: 'info',
  title: 'keep-alive is off',
  why: 'every request opens a connection of its own: a TCP and a TLS handshake each time, and one local port after another used up',
  fix: 'set keepAlive: true; a new Agent does not keep connections alive by default, even though the global agent does',
  example: {
    bad: `import https from 'node:https'

export const agent = new https.Agent({ maxSockets: 20 })`,
    good: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true, maxSockets: 20, timeout: 4000 })`,
  },
  *find({ created }) {
    for (const { node, made } of created) {
      const { creation, options } = made
      const keepAlive = field(options, 'keepAlive')
      if (isNodeAgent(creation)) {
        if (keepAlive === undefined ? isClosed(options) : keepAlive.kind === 'plain' && !keepAlive.value) {
          const said = keepAlive === undefined ? 'keepAlive is not set, and an agent that is made has it off' : 'keepAlive is off'
          yield { at: node, message: said }
        }
      } else if (creation.startsWith('agentkeepalive#') && content(keepAlive) === false) {
        yield { at: node, message: 'keepAlive is off in an agent that exists to keep alive' }
      } else if (creation.startsWith('undici#') && content(field(options, 'pipelining')) === 0) {
        yield { at: node, message: 'pipelining: 0 sends Connection: close with every request' }
      }
    }
  },
}

export const keepAliveMsecs: AuditRule = {
  id: 'keep-alive-msecs',
  severity: 'warn',
  title: 'keepAliveMsecs does not limit idle connections',
  why: 'keepAliveMsecs is the delay of TCP probes: idle connections stay open forever, and the first request after the server has closed one fails with ECONNRESET',
  fix: "set timeout to less than the server's own keep-alive timeout, or use polypool's keepAliveExpiry",
  example: {
    bad: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true, maxSockets: 20, keepAliveMsecs: 5000 })`,
    good: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true, maxSockets: 20, timeout: 4000 })`,
  },
  *find({ created }) {
    for (const { node, made } of created) {
      const { creation, options } = made
      if (!isNodeAgent(creation) || !isClosed(options)) continue
      const given = field(options, 'keepAliveMsecs')
      if (given === undefined || content(field(options, 'keepAlive')) !== true || field(options, 'timeout') !== undefined)
        continue
      yield { at: node, message: `keepAliveMsecs: ${given.source} is set, and timeout is not` }
    }
  },
}
