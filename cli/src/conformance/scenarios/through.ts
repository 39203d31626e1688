import type { ProxyKind } from '../probe/types.ts'
import type { Scenario } from '../scenario.ts'

/** How a scenario is repeated. */
export interface Repetition {
  /** Of the proxy that all origins have in common, or that each has for itself; default: one of HTTP. */
  readonly through?: 'one' | 'each'
  readonly kind?: ProxyKind
}

const spoken: { readonly [K in ProxyKind]: string } = { http: 'a proxy', https: 'a proxy with TLS', socks5: 'a proxy of SOCKS 5' }

/**
 * The same once more, with proxies in front of its origins.
 * @param id its own
 */
export function throughProxy(scenario: Scenario, id: string, { through = 'one', kind = 'http' }: Repetition = {}): Scenario {
  return {
    ...scenario,
    id,
    title: `${scenario.title}: through ${spoken[kind]} too`,
    covers: ['proxy', ...scenario.covers],
    // The context has the proxies' own in its place.
    config: { ...scenario.config, proxy: 'env' },
    through,
    proxies: kind,
  }
}
