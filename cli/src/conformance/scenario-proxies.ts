import type { PoolConfig } from 'polypool'
import type { ProxyKind } from './probe/types.ts'

/** What a scenario says of the way to its origins. */
export interface Through {
  readonly through?: 'one' | 'each'
  readonly proxies?: ProxyKind
}

/** The proxies that the pools of a scenario go through: none, one to all origins, or one to each. */
export class ScenarioProxies {
  readonly kind: ProxyKind
  readonly #through: 'one' | 'each' | null
  /** By the keys of `hosts` that they are for; that of all has none. */
  readonly #proxies = new Map<string, string>()

  constructor({ through, proxies = 'http' }: Through) {
    this.#through = through ?? null
    this.kind = proxies
  }

  /**
   * The port that is connected to for the origin on that port: its proxy's, or its own.
   * @param open starts a proxy, and gives its URL
   */
  async portTo(port: number, open: (kind: ProxyKind) => Promise<string>): Promise<number> {
    if (this.#through === null) return port
    const key = this.#through === 'one' ? '' : `127.0.0.1:${port}`
    const proxy = this.#proxies.get(key) ?? (await open(this.kind))
    this.#proxies.set(key, proxy)
    return Number(new URL(proxy).port)
  }

  /** The config with these proxies. */
  routed(config: PoolConfig): PoolConfig {
    if (this.#through === null) return config
    const own = [...this.#proxies].filter(([key]) => key !== '').map(([key, proxy]) => [key, { ...config.hosts?.[key], proxy }])
    return {
      ...config,
      proxy: this.#proxies.get('') ?? false,
      ...(own.length > 0 && { hosts: { ...config.hosts, ...Object.fromEntries(own) } }),
    }
  }
}
