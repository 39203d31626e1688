import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** What makes two TLS connections to one host different, if a request sets it. Node's getName knows most of them. */
const tlsOptions = [
  'servername',
  'rejectUnauthorized',
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'ciphers',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'secureOptions',
  'secureContext',
  'checkServerIdentity',
  'ALPNProtocols',
  'sigalgs',
  'ecdhCurve',
  'dhparam',
  'crl',
  'honorCipherOrder',
  'sessionIdContext',
  'clientCertEngine',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'pskCallback',
  'allowPartialTrustChain',
] as const

/** Those that node's getName leaves out or cannot tell apart by their text. */
const comparedByIdentity = [
  'secureContext',
  'checkServerIdentity',
  'ALPNProtocols',
  'pskCallback',
  'allowPartialTrustChain',
  'passphrase',
] as const

const identities = new WeakMap<object, number>()
let lastIdentity = 0

function identityOf(value: unknown): string {
  if (value === undefined) return ''
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return String(value)
  let identity = identities.get(value)
  if (identity === undefined) {
    identity = ++lastIdentity
    identities.set(value, identity)
  }
  return `#${identity}`
}

export function setsTls(options: RequestOptions): boolean {
  for (const name of tlsOptions) if (options[name] !== undefined) return true
  return false
}

/** Scheme, host and port; a unix socket counts as a host of its own. */
export function originOf(agent: NativeAgent, options: RequestOptions): string {
  if (options.socketPath) return `${agent.protocol}//unix:${options.socketPath}`
  const host = (options.host || 'localhost').toLowerCase()
  return `${agent.protocol}//${host.includes(':') ? `[${host}]` : host}:${options.port || agent.defaultPort}`
}

/** The key of a request that sets nothing but where to connect: cheap, as it is built for every such request. */
export function plainKey(agent: NativeAgent, options: RequestOptions, servername: string): string {
  const { host, port, localAddress, family, socketPath } = options
  let key = `${host || 'localhost'}:${port || agent.defaultPort}:${servername}`
  if (localAddress) key += `:from ${localAddress}`
  if (family === 4 || family === 6) key += `:family ${family}`
  if (socketPath) key += `:at ${socketPath}`
  return key
}

/** The key of a request with a TLS identity of its own. */
export function tlsKey(agent: NativeAgent, options: RequestOptions, servername: string): string {
  const merged: RequestOptions = { ...options, servername, ...agent.options }
  // Node numbers every request that brings its own checkServerIdentity; told apart by identity, its connections can be reused.
  for (const symbol of Object.getOwnPropertySymbols(merged)) delete merged[symbol as unknown as string]
  const own = comparedByIdentity.map((name) => identityOf(merged[name]))
  return `${agent.getName(merged)}:${merged.family ?? ''}:${own.join(':')}`
}

/** The server name that node derives from the `Host` header when none is set. */
export function serverName(request: PooledRequest, options: RequestOptions): string {
  if (options.servername !== undefined) return options.servername
  const host = options.host || 'localhost'
  const header = request.getHeader('host')
  if (typeof header !== 'string' || header === host) return host
  if (header.startsWith('[')) return header.slice(1, header.indexOf(']'))
  const colon = header.indexOf(':')
  return colon === -1 ? header : header.slice(0, colon)
}
