import type { ClientSupport, FieldSupport } from '../adapter.ts'

/** What a client makes of proxies for which its user has to dial. `instead` says how. */
export function throughOwnDial(instead: string): Pick<ClientSupport['fields'], 'proxy' | 'noProxy' | 'maxConnectionsPerProxy'> {
  const unsupported: FieldSupport = { native: 'unsupported', pool: 'unsupported', message: `for a proxy, ${instead}` }
  return { proxy: unsupported, noProxy: unsupported, maxConnectionsPerProxy: unsupported }
}
