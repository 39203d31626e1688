import type { Creation } from '../../reading/javascript/clients.ts'
import { creations } from '../../reading/javascript/clients.ts'
import { field, type Value } from '../../reading/javascript/values.ts'
import { givenOptions } from './given-options.ts'
import type { AuditRule, Hit } from './rule.ts'

function agentIn(value: Value | undefined): Creation | undefined {
  const creation = value?.kind === 'made' ? creations[value.creation] : undefined
  return creation?.role === 'agent' ? creation : undefined
}

export const gotRawAgent: AuditRule = {
  id: 'got-raw-agent',
  severity: 'error',
  title: 'a bare Agent given to got',
  why: 'got takes one agent per scheme, and throws "Unexpected agent option" for a bare one',
  fix: 'pass agent: { http: …, https: … }, which is what pool.options of polypool/got contains',
  example: {
    bad: `import https from 'node:https'
import got from 'got'

const agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = got.extend({ agent })`,
    good: `import https from 'node:https'
import got from 'got'

const agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = got.extend({ agent: { https: agent } })`,
  },
  *find(model) {
    for (const { at, taker, options } of givenOptions(model)) {
      if (/^got\b/.test(taker) && agentIn(field(options, 'agent')))
        yield { at, message: 'agent is an Agent, not { http, https }' }
    }
  },
}

export const agentScheme: AuditRule = {
  id: 'agent-scheme',
  severity: 'error',
  title: 'an agent for the other scheme',
  why: 'node refuses the request: ERR_INVALID_PROTOCOL, Protocol "https:" not supported',
  fix: 'pass an https.Agent for https and an http.Agent for http',
  example: {
    bad: `import http from 'node:http'
import axios from 'axios'

const agent = new http.Agent({ keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent: agent, proxy: false })`,
    good: `import https from 'node:https'
import axios from 'axios'

const agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
export const api = axios.create({ httpsAgent: agent, proxy: false })`,
  },
  *find(model) {
    for (const { at, taker, options } of givenOptions(model)) {
      for (const [name, scheme, value] of expected(taker, options)) {
        const agent = agentIn(value)
        if (agent?.scheme !== undefined && agent.scheme !== scheme) yield hit(at, name, agent.scheme, scheme)
      }
    }
  },
}

function hit(at: { start: number }, name: string, is: string, wanted: string): Hit {
  return { at, message: `${name} is an agent for ${is}, where one for ${wanted} is used` }
}

/** Which scheme an agent must be for, by the name it is given under. */
function* expected(taker: string, options: Value): Generator<[string, 'http' | 'https', Value | undefined]> {
  if (taker.startsWith('axios')) {
    yield ['httpAgent', 'http', field(options, 'httpAgent')]
    yield ['httpsAgent', 'https', field(options, 'httpsAgent')]
  } else if (taker.startsWith('got')) {
    yield ['agent.http', 'http', field(field(options, 'agent'), 'http')]
    yield ['agent.https', 'https', field(field(options, 'agent'), 'https')]
  } else if (/^https?\./.test(taker)) {
    yield ['agent', taker.startsWith('https.') ? 'https' : 'http', field(options, 'agent')]
  }
}
