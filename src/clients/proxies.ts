import type { ClientSupport, FieldSupport } from '../adapter.ts'
import type { Support } from '../config/types.ts'

type ProxyFields = Pick<ClientSupport['fields'], 'proxy' | 'noProxy' | 'maxConnectionsPerProxy'>

/**
 * What a client makes of proxies: by settings of its own, and under the pool.
 * @param own what its settings for a proxy and for hosts without one are, and lack
 * @param pooled what to do for a proxy where the pool is none's own
 */
export function proxiesOf(own: { readonly proxy: string; readonly noProxy: string }, pool: Support, pooled: string): ProxyFields {
  const field = (native: FieldSupport['native'], message: string): FieldSupport => ({
    native,
    pool,
    message,
    ...(pool === 'unsupported' && { pooled }),
  })
  return {
    proxy: field('approximated', own.proxy),
    noProxy: field('approximated', own.noProxy),
    maxConnectionsPerProxy: field('unsupported', 'the connections to a proxy have no limit of their own'),
  }
}
