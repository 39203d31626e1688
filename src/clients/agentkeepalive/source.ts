import type { Maker, SourceFacts } from '../types.ts'

/** Plain options would be taken for http.Agent's, which have other defaults: an instance of agentkeepalive shows its status. */
const instance = (options: object): object => ({ options, getCurrentStatus: () => ({}) })

const plain: Maker = { role: 'agent', label: 'new Agentkeepalive(…)', options: 0, scheme: 'http', instance }

export const source: SourceFacts = {
  makers: {
    'agentkeepalive#': plain,
    'agentkeepalive#HttpAgent': plain,
    'agentkeepalive#HttpsAgent': { ...plain, label: 'new HttpsAgent(…) of agentkeepalive', scheme: 'https' },
  },
  // Its agents are given to other clients.
  senders: {},
  shared: [],
  carriers: ['agent'],
  takes: 'http.request takes agent',
  foreign: {
    taker: 'agentkeepalive',
    names: {
      connections: "undici's name; it is maxSockets here",
      pipelining: "undici's name; agentkeepalive does not pipeline",
      keepAliveMaxTimeout: "undici's name; it is freeSocketTimeout here",
      connectTimeout: "undici's name; agentkeepalive has no limit for connecting",
    },
  },
  marks: { names: ['freeSocketTimeout', 'freeSocketKeepAliveTimeout', 'socketActiveTTL'], alone: true },
  maker: 'agentkeepalive#',
  nothingSet: () => ({}),
}
