import { content, type Fields, field, isClosed } from '../../reading/javascript/values.ts'
import type { AuditRule } from './rule.ts'

/** The option is absent, or has a value that means no limit; false where that can't be told. */
function isUnlimited(options: Fields, name: string): boolean {
  const value = field(options, name)
  if (value === undefined) return true
  const limit = content(value)
  return value.kind === 'plain' && (limit === null || limit === 0 || limit === Number.POSITIVE_INFINITY)
}

const manyConnections = new Set(['undici#Agent', 'undici#Pool', 'undici#BalancedPool', 'undici#RoundRobinPool'])

export const unlimitedSockets: AuditRule = {
  id: 'unlimited-sockets',
  severity: 'info',
  title: 'no limit on connections',
  why: 'a burst or a slow upstream opens a connection for each request, until descriptors or local ports run out, or the upstream refuses',
  fix: 'set maxSockets (undici: connections) to what the upstream can take; a limit over all hosts needs a pool',
  example: {
    bad: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true })`,
    good: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true, maxSockets: 20 })`,
  },
  *find({ created }) {
    for (const { node, creation, made } of created) {
      const { options } = made
      if (!isClosed(options)) continue
      if (creation.role === 'agent') {
        // Without keep-alive there is a graver finding at the same place.
        const keepAlive = content(field(options, 'keepAlive'))
        const keeps = creation.client === 'agentkeepalive' ? keepAlive !== false : keepAlive === true
        if (!keeps || !isUnlimited(options, 'maxSockets') || !isUnlimited(options, 'maxTotalSockets')) continue
        yield { at: node, message: limitSaid(options, 'maxSockets') }
      } else if (manyConnections.has(made.creation) && isUnlimited(options, 'connections') && !field(options, 'factory')) {
        yield { at: node, message: limitSaid(options, 'connections') }
      }
    }
  },
}

function limitSaid(options: Fields, name: string): string {
  const given = field(options, name)
  return given === undefined ? `${name} is not set, and is unlimited by itself` : `${name}: ${given.source} is no limit`
}

export const maxTotalSockets: AuditRule = {
  id: 'max-total-sockets',
  severity: 'warn',
  title: 'maxTotalSockets lets hosts starve',
  why: 'idle connections count, and are not closed for another host: its requests wait until one expires, under steady load forever. An http and an https agent each have their own total',
  fix: "leave it out and set maxSockets per host, or use polypool's maxConnections, which closes an idle connection for a host that waits",
  example: {
    bad: `import https from 'node:https'

export const agent = new https.Agent({ keepAlive: true, maxTotalSockets: 50 })`,
    good: `import { createPool } from 'polypool/node-http'

export const pool = createPool({ maxConnections: 50 })`,
  },
  *find({ created }) {
    for (const { node, creation, made } of created) {
      if (creation.role !== 'agent') continue
      const total = field(made.options, 'maxTotalSockets')
      if (typeof content(total) !== 'number' || content(total) === Number.POSITIVE_INFINITY) continue
      const keepAlive = content(field(made.options, 'keepAlive'))
      if (creation.client === 'node-http' && keepAlive !== true) continue
      const expires =
        creation.client === 'agentkeepalive' || field(made.options, 'timeout') !== undefined || !isClosed(made.options)
      yield {
        at: node,
        message: `maxTotalSockets: ${total?.source} ${expires ? 'makes hosts wait for one another' : 'without timeout: a host can wait for another one’s idle connection for ever'}`,
      }
    }
  },
}

export const clientTtlHang: AuditRule = {
  id: 'client-ttl',
  severity: 'error',
  title: 'clientTtl together with connections',
  why: 'undici 7 does not wake waiting requests when clientTtl retires a connection: they hang forever',
  fix: "leave clientTtl out, use undici 8.3 or later, or use polypool's maxLifetime",
  example: {
    bad: `import { Agent } from 'undici'

export const dispatcher = new Agent({ connections: 10, clientTtl: 60_000 })`,
    good: `import { createPool } from 'polypool/undici'

export const pool = createPool({ maxConnectionsPerHost: 10, maxLifetime: '60s' })`,
    versions: { undici: 7 },
  },
  *find({ created }, { undici }) {
    if (undici !== 7) return
    for (const { node, made } of created) {
      const connections = content(field(made.options, 'connections'))
      if (!made.creation.startsWith('undici#') || typeof connections !== 'number' || connections < 2) continue
      if (field(made.options, 'clientTtl') === undefined) continue
      yield { at: node, message: `clientTtl with connections: ${connections} hangs in the undici 7 that is installed` }
    }
  },
}
