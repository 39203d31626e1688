import type { Options } from '../options.ts'
import { areOfEnvironment, serverOf } from '../read-proxy.ts'

/** What a live dispatcher of undici holds of its options. */
export interface Live {
  readonly options: Options
  /** What it does not tell. */
  readonly hidden?: string
}

/** Own symbols of a Client, by the option that each holds. */
const clientOptions: { readonly [option: string]: string } = {
  pipelining: 'pipelining',
  keepAliveTimeout: 'default keep alive timeout',
  keepAliveMaxTimeout: 'max keep alive timeout',
  keepAliveTimeoutThreshold: 'keep alive timeout threshold',
  maxRequestsPerClient: 'maxRequestsPerClient',
  headersTimeout: 'headers timeout',
  bodyTimeout: 'body timeout',
  localAddress: 'local address',
  maxConcurrentStreams: 'max concurrent streams',
  pingInterval: 'ping interval',
}

/** Values that an option of a live Client has if it was not set. */
const defaults: Options = {
  headersTimeout: 300e3,
  bodyTimeout: 300e3,
  localAddress: null,
  maxConcurrentStreams: 100,
  pingInterval: 60e3,
}

const connectorHidden =
  'a connector that is made does not tell its options: connect timeout, TCP keep-alive and protocol are taken to be the defaults'

const noProxyHidden =
  'a dispatcher that goes by the environment does not tell what it was given as noProxy: with proxy: env NO_PROXY holds'

export function isDispatcher(value: object): boolean {
  return typeof (value as { dispatch?: unknown }).dispatch === 'function'
}

/** Reads an Agent, Pool or Client of any copy of undici, the one inside Node included, by the names of their symbols. */
export function readLive(dispatcher: object): Live | undefined {
  const own = new Map(Object.getOwnPropertySymbols(dispatcher).map((symbol) => [symbol.description, symbol]))
  const read = (name: string): unknown => {
    const symbol = own.get(name)
    return symbol === undefined ? undefined : (dispatcher as { [symbol: symbol]: unknown })[symbol]
  }
  const inner = read('no proxy agent')
  if (typeof inner === 'object' && inner !== null) {
    const live = readLive(inner)
    return live && { options: { ...live.options, ...ofEnvironment(read) }, hidden: noProxyHidden }
  }
  const proxy = read('proxy agent options')
  const behind = read('proxy agent')
  if (typeof proxy === 'object' && proxy !== null && typeof behind === 'object' && behind !== null) {
    const { options: { uri: _, connect: __, tls: ___, ...others } = {}, hidden } = readLive(behind) ?? {}
    return { options: { ...others, ...ofProxyAgent(proxy as Options, read) }, ...(hidden !== undefined && { hidden }) }
  }
  const options = read('options')
  if (own.has('connections')) {
    const { connect: _, ...others } = (options ?? {}) as Options
    return { options: { ...others, connections: read('connections') }, hidden: connectorHidden }
  }
  if (own.has('factory') && own.has('options')) return { options: withoutFactory(options as Options) }
  if (!own.has('default keep alive timeout')) return undefined
  const found = Object.entries(clientOptions).map(([option, name]) => [option, read(name)] as const)
  // undici 8 keeps those of HTTP/2 together.
  const { maxConcurrentStreams, pingInterval } = (read('http2 options') ?? Object.fromEntries(found)) as Options
  const all = Object.entries({ ...Object.fromEntries(found), maxConcurrentStreams, pingInterval })
  const set = all.filter(([option, value]) => !(option in defaults) || value !== defaults[option])
  return { options: { ...Object.fromEntries(set), connections: 1 }, hidden: connectorHidden }
}

function ofProxyAgent(proxy: Options, read: (name: string) => unknown): Options {
  const { 'proxy-authorization': authorization, ...headers } = { ...(read('proxy headers') as Options | undefined) }
  const server = serverOf(proxy.uri)
  return {
    uri: proxy.uri,
    proxyTls: read('proxy tls settings'),
    requestTls: read('request tls settings'),
    headers: Object.keys(headers).length > 0 ? headers : undefined,
    // Those of the URL are in it.
    token: authorization !== undefined && server?.credentials() === null ? authorization : undefined,
  }
}

/** One that found nothing in the environment goes by it all the same. */
function ofEnvironment(read: (name: string) => unknown): Options {
  const [httpProxy, httpsProxy] = ['http proxy agent', 'https proxy agent'].map((name) => {
    const agent = read(name)
    if (typeof agent !== 'object' || agent === null) return undefined
    const symbol = Object.getOwnPropertySymbols(agent).find(({ description }) => description === 'proxy agent options')
    return symbol && ((agent as { [symbol: symbol]: unknown })[symbol] as Options | undefined)?.uri
  })
  const byEnvironment = areOfEnvironment(serverOf(httpProxy), serverOf(httpsProxy))
  return byEnvironment ? { byEnvironment } : { httpProxy, httpsProxy }
}

// An Agent of undici 7 and 8 keeps its default limit on origins among its options.
function withoutFactory({ maxOrigins, ...options }: Options): Options {
  return maxOrigins === Number.POSITIVE_INFINITY ? options : { ...options, maxOrigins }
}
