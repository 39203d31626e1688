import { PoolConfigError } from 'polypool'
import { type ReverseProxy, type ReverseProxyName, reverseProxies } from 'polypool/dialects'
import { Misuse } from '../../io.ts'

export const reverseProxyNames = Object.keys(reverseProxies) as readonly ReverseProxyName[]

export function knownReverseProxy(name: ReverseProxyName): ReverseProxy {
  return reverseProxies[name]
}

/** What is written for a proxy; what is wrong with where it stands is named as the options are. */
export function writtenFor(proxy: ReverseProxy, ...args: Parameters<ReverseProxy['write']>): ReturnType<ReverseProxy['write']> {
  try {
    return proxy.write(...args)
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    const messages = error.issues.map(({ message }) => message.replace(/^(?=(?:upstream|listen|version|replicas): )/, '--'))
    throw new Misuse(messages.join('\n'), { issues: error.issues.map(({ path, message }) => ({ path, message })) })
  }
}
