import { envoy } from './envoy/proxy.ts'
import { haproxy } from './haproxy/proxy.ts'
import { istio } from './istio/proxy.ts'
import { nginx } from './nginx/proxy.ts'
import { type ReverseProxy, type ReverseProxyFolder, reverseProxyOf } from './reverse-proxy.ts'

const folders = { haproxy, nginx, envoy, istio }

export type ReverseProxyName = keyof typeof folders

/** Proxies that can hold a limit for many processes, by name. */
export const reverseProxies = Object.fromEntries(
  Object.entries<ReverseProxyFolder>(folders).map(([name, folder]) => [name, reverseProxyOf(name, folder)]),
) as { readonly [N in ReverseProxyName]: ReverseProxy<N> }
