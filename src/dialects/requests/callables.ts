import { type Callable, type Callables, sameNames } from '../callables.ts'

const session: Callable = { takes: {}, mounts: 'HTTPAdapter', attributes: ['headers', 'proxies', 'trust_env'] }

export const callables: Callables = {
  names: {
    HTTPAdapter: {
      positional: ['pool_connections', 'pool_maxsize', 'max_retries', 'pool_block'],
      takes: sameNames(['pool_connections', 'pool_maxsize', 'pool_block']),
      closed: ['max_retries'],
      distinctive: true,
    },
    Session: session,
    session,
  },
  perRequest: { proxies: ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'request'] },
}
