import { ProxyServer } from '../config/proxies/proxy-server.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'

/** The URL, with its credentials, and the list that clients take for a proxy; undefined where they read the environment by themselves or can't use it. */
export function nativeProxy({
  proxy,
  noProxy,
}: ResolvedPoolConfig): { readonly url: string; readonly noProxy: string | undefined } | undefined {
  if (!(proxy instanceof ProxyServer) || proxy.isSocks) return undefined
  return { url: proxy.urlWithCredentials(), noProxy: noProxy === 'env' || noProxy.length === 0 ? undefined : noProxy.join(',') }
}
