import { type Callable, type Callables, sameNames } from '../callables.ts'

const phases = ['connect', 'read', 'write', 'pool']
const protocols = sameNames(['http1', 'http2'])

const client: Callable = {
  takes: {
    ...sameNames(['proxy', 'trust_env', 'mounts', 'proxies']),
    limits: 'limits.*',
    timeout: 'timeout.*',
    transport: '*',
    ...protocols,
  },
  tuples: { timeout: phases.map((phase) => `timeout.${phase}`) },
  replaces: { transport: ['limits', 'http1', 'http2', 'trust_env'] },
}

const transport: Callable = {
  takes: { limits: 'limits.*', ...sameNames(['proxy', 'socket_options']), ...protocols },
  part: '',
  itemIs: 'proxy',
  // The environment is for transports that the client makes by itself (httpx/_client.py).
  implied: { trust_env: false },
}

/** Of httpx, and of requestx, which has httpx's names. */
export const httpxNames: Callables['names'] = {
  Limits: {
    takes: sameNames(['max_connections', 'max_keepalive_connections', 'keepalive_expiry']),
    part: 'limits',
    closed: [],
  },
  Timeout: {
    positional: ['timeout'],
    takes: sameNames(['timeout', ...phases]),
    tuples: { timeout: phases },
    part: 'timeout',
    closed: [],
  },
  Client: client,
  AsyncClient: client,
  HTTPTransport: transport,
  AsyncHTTPTransport: transport,
}

/** httpx2 is what goes on with httpx, by the same names. */
export const callables: Callables = { aliases: ['httpx2'], names: httpxNames }
