import type { ClientSupport, FieldSupport } from '../adapter.ts'

type ProxyFields = Pick<ClientSupport['fields'], 'proxy' | 'noProxy' | 'maxConnectionsPerProxy'>

const perProxy =
  'no limit is counted for a proxy: what is reached through it is limited by maxConnections and maxConnectionsPerHost'

/**
 * What a client makes of proxies: by settings of its own, and under the pool.
 * @param own what its settings for a proxy and for hosts without one are, and lack
 * @param instead what to do for a proxy where the pool goes through none
 */
export function proxiesOf(own: { readonly proxy: string; readonly noProxy: string }, instead?: string): ProxyFields {
  const pool = instead === undefined ? ('enforced' as const) : ('unsupported' as const)
  const field = (message: string): FieldSupport => ({
    native: 'approximated',
    pool,
    message,
    ...(instead !== undefined && { pooled: instead }),
  })
  return {
    proxy: field(own.proxy),
    noProxy: field(own.noProxy),
    maxConnectionsPerProxy: {
      native: 'unsupported',
      pool: 'unsupported',
      message: 'the connections to a proxy have no limit of their own',
      pooled: perProxy,
    },
  }
}
