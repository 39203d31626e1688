import { type Callable, type Callables, oneAtATime, sameNames } from '../callables.ts'

const phases = ['connect', 'read', 'write', 'pool']
const remarks = { http2: oneAtATime }

const client: Callable = {
  remarks,
  takes: { limits: 'limits.*', timeout: 'timeout.*', transport: '*' },
  tuples: { timeout: phases.map((phase) => `timeout.${phase}`) },
  replaces: { transport: ['limits'] },
}

const transport: Callable = { takes: { limits: 'limits.*' }, part: '', remarks }

/** Of httpx, and of requestx, which has httpx's names. */
export const callables: Callables = {
  names: {
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
  },
}
