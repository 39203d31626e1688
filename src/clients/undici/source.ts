import type { Maker, SourceFacts } from '../types.ts'

const maker = (name: string, options = 0): Maker => ({
  role: 'dispatcher',
  label: `new ${name}(…)`,
  options,
  ...(options === 1 ? { origin: 0 } : {}),
})

export const source: SourceFacts = {
  makers: {
    'undici#Agent': maker('Agent'),
    'undici#EnvHttpProxyAgent': {
      ...maker('EnvHttpProxyAgent'),
      instance: (options) => ('httpProxy' in options || 'httpsProxy' in options ? options : { ...options, byEnvironment: true }),
    },
    'undici#ProxyAgent': maker('ProxyAgent'),
    'undici#Pool': maker('Pool', 1),
    // A Client is a pool of one.
    'undici#Client': { ...maker('Client', 1), instance: (options) => ({ ...options, connections: 1 }) },
    'undici#BalancedPool': maker('BalancedPool', 1),
    'undici#RoundRobinPool': maker('RoundRobinPool', 1),
  },
  senders: { undici: [{ names: ['request', 'fetch', 'stream', 'pipeline', 'connect', 'upgrade'], options: [1] }] },
  shared: [{ reference: 'undici#setGlobalDispatcher', label: 'setGlobalDispatcher(…)', holds: 'dispatcher', also: ['fetch'] }],
  carriers: ['dispatcher'],
  takes: 'undici takes a dispatcher',
  foreign: {
    taker: 'undici',
    names: {
      maxSockets: "http.Agent's name; it is connections here",
      maxFreeSockets: "http.Agent's name; undici closes idle connections by time only",
      maxTotalSockets: "http.Agent's name; undici has no limit over all hosts",
      keepAliveMsecs: "http.Agent's name; it is connect.keepAliveInitialDelay here",
      scheduling: "http.Agent's name; undici takes the first connection that is free",
      timeout: "http.Agent's name; it is keepAliveTimeout for idle connections, headersTimeout and bodyTimeout for requests",
      freeSocketTimeout: "agentkeepalive's name; it is keepAliveTimeout here",
      socketActiveTTL: "agentkeepalive's name; it is clientTtl here",
    },
  },
  marks: {
    names: [
      'connections',
      'pipelining',
      'keepAliveMaxTimeout',
      'keepAliveTimeoutThreshold',
      'keepAliveTimeout',
      'clientTtl',
      'maxRequestsPerClient',
      'connect',
    ],
    // keepAliveTimeout is an old name of agentkeepalive's too.
    alone: false,
  },
  maker: 'undici#Agent',
  nothingSet: () => ({}),
}
