import type { ClientSupport, FieldSupport } from '../adapter.ts'

type ProxyFields = Pick<ClientSupport['fields'], 'proxy' | 'noProxy' | 'maxConnectionsPerProxy'>

/**
 * What a client makes of proxies: by settings of its own, and under the pool.
 * @param own what its settings for a proxy and for hosts without one are, and lack
 */
export function proxiesOf(own: { readonly proxy: string; readonly noProxy: string }): ProxyFields {
  const field = (message: string): FieldSupport => ({ native: 'approximated', pool: 'enforced', message })
  return {
    proxy: field(own.proxy),
    noProxy: field(own.noProxy),
    maxConnectionsPerProxy: {
      native: 'unsupported',
      pool: 'enforced',
      message: 'the connections to a proxy have no limit of their own',
    },
  }
}
