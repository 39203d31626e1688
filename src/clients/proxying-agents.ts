import type { Maker } from './types.ts'

/** What an instance of such a class holds, as `readSettings` looks at one. */
interface Held {
  /** The URL, where the class takes one. */
  readonly proxy?: unknown
  readonly proxyRequestOptions?: unknown
  readonly getProxyForUrl?: unknown
  readonly [option: string]: unknown
}

const held = ({ proxy, proxyRequestOptions, getProxyForUrl, headers, ...options }: Held): object => ({
  addRequest() {},
  options,
  ...(proxy === undefined ? {} : { proxy: urlOf(proxy) }),
  ...(proxyRequestOptions === undefined ? {} : { proxyRequestOptions }),
  ...(headers === undefined ? {} : { proxyHeaders: headers }),
  ...(getProxyForUrl === undefined ? {} : { getProxyForUrl }),
})

/** `socks:` is what socks-proxy-agent calls SOCKS 5 that leaves names to the proxy. */
function urlOf(proxy: unknown): unknown {
  const text = typeof proxy === 'string' ? proxy.replace(/^socks:/, 'socks5h:') : ''
  return URL.canParse(text) ? new URL(text) : proxy
}

/** A class that takes the URL first. */
const byUrl = (name: string): Maker => ({
  role: 'agent',
  label: `new ${name}(…)`,
  options: 1,
  proxy: 0,
  instance: (options) => held({ ...options }),
})

const hpagent = (name: string, scheme: 'http' | 'https'): Maker => ({
  role: 'agent',
  label: `new ${name}(…)`,
  options: 0,
  scheme,
  instance: (options) => held({ ...options }),
})

/** Classes of agents that go through a proxy: no client's own, for every client that takes an agent of Node. By `module#path`. */
export const proxyingAgents: { readonly [reference: string]: Maker } = {
  'https-proxy-agent#HttpsProxyAgent': byUrl('HttpsProxyAgent'),
  // Before version 6 the module itself is the class.
  'https-proxy-agent#': byUrl('HttpsProxyAgent'),
  'http-proxy-agent#HttpProxyAgent': byUrl('HttpProxyAgent'),
  'http-proxy-agent#': byUrl('HttpProxyAgent'),
  'socks-proxy-agent#SocksProxyAgent': byUrl('SocksProxyAgent'),
  'socks-proxy-agent#': byUrl('SocksProxyAgent'),
  'proxy-agent#ProxyAgent': {
    role: 'agent',
    label: 'new ProxyAgent(…)',
    options: 0,
    instance: (options) => held({ getProxyForUrl: () => '', ...options }),
  },
  'hpagent#HttpProxyAgent': hpagent('HttpProxyAgent', 'http'),
  'hpagent#HttpsProxyAgent': hpagent('HttpsProxyAgent', 'https'),
}
