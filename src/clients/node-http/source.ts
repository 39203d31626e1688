import type { Maker, SourceFacts } from '../types.ts'

const maker = (scheme: 'http' | 'https'): Maker => ({ role: 'agent', label: `new ${scheme}.Agent(…)`, options: 0, scheme })

const senders = [{ names: ['request', 'get'], options: [1, 0] }]

/** Loaded where it is wanted, and not with every command. */
const globalAgents = () => ({
  http: process.getBuiltinModule('node:http').globalAgent,
  https: process.getBuiltinModule('node:https').globalAgent,
})

const globalAgent = (scheme: 'http' | 'https') =>
  ({
    reference: `${scheme}#globalAgent`,
    label: `${scheme}.globalAgent`,
    holds: 'agent options',
    // The types leave an agent's options out.
    instance: (options: object) => ({
      options: { ...(globalAgents()[scheme] as { readonly options?: object }).options, ...options },
    }),
  }) as const

export const source: SourceFacts = {
  makers: { 'http#Agent': maker('http'), 'https#Agent': maker('https') },
  senders: { http: senders, https: senders },
  shared: [globalAgent('http'), globalAgent('https')],
  carriers: ['agent'],
  takes: 'http.request takes agent',
  foreign: {
    taker: 'http.Agent',
    names: {
      freeSocketTimeout: "agentkeepalive's name; for idle connections it is timeout here",
      freeSocketKeepAliveTimeout: "agentkeepalive's name; for idle connections it is timeout here",
      socketActiveTTL: "agentkeepalive's name; http.Agent can't limit the age of connections",
      keepAliveTimeout: "undici's name; for idle connections it is timeout here",
      keepAliveMaxTimeout: "undici's name; for idle connections it is timeout here",
      connections: "undici's name; it is maxSockets here",
      pipelining: "undici's name; http.Agent does not pipeline",
      connectTimeout: "undici's name; http.Agent has no limit for connecting",
    },
  },
  marks: {
    names: ['keepAlive', 'keepAliveMsecs', 'maxSockets', 'maxFreeSockets', 'maxTotalSockets', 'scheduling'],
    // agentkeepalive has them all.
    alone: false,
  },
  maker: 'https#Agent',
  nothingSet: globalAgents,
}
