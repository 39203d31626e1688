import { fieldNames } from '../../config/fields.ts'
import { insteadOf } from '../../config/plain-object.ts'
import { foreignName } from '../../config/unknown-names.ts'
import { show } from '../../text/show.ts'
import { nearest } from '../../text/similar.ts'
import { connectOptions } from '../connect-options.ts'
import { misgivenOptions } from '../translation.ts'
import type { NativeClientOptions } from './client-options.ts'

type Advice = { readonly [option: string]: string }

const preferred = 'leave it out: where http2 is set in the pool config, HTTP/2 is offered first'
const cleartext = 'set http2: "only" in the pool config for the http hosts that speak it, under hosts'
const proxy = 'set proxy in the pool config'
const credentials = 'write user and password into the URL of proxy, or give proxyHeaders { "Proxy-Authorization": … }'
const protocol = 'set http2 in the pool config'

/** Options of Agent, Pool and Client that the pool's config replaces, or undici refuses, and what to write instead. */
const owned: Advice = {
  connections: 'set maxConnectionsPerHost in the pool config',
  pipelining: 'a connection carries one request at a time; set keepAlive: false in the pool config for what pipelining: 0 does',
  keepAlive: 'set keepAlive in the pool config',
  keepAliveTimeout: 'set keepAliveExpiry in the pool config',
  keepAliveMaxTimeout: 'set keepAliveExpiry in the pool config (a server can only shorten it)',
  keepAliveTimeoutThreshold: 'set keepAliveHintMargin in the pool config',
  maxKeepAliveTimeout: 'set keepAliveExpiry in the pool config',
  idleTimeout: 'set keepAliveExpiry in the pool config',
  socketTimeout: 'set headersTimeout and bodyTimeout',
  requestTimeout: 'set headersTimeout and bodyTimeout',
  maxRequestsPerClient: 'set maxRequestsPerConnection in the pool config',
  clientTtl: 'set maxLifetime in the pool config',
  maxOrigins: 'set maxHosts in the pool config',
  factory: 'the pool makes its Clients itself; set hosts in the pool config for what differs by host',
  interceptors: "use the compose method of the pool's dispatcher",
  maxRedirections: "use the compose method of the pool's dispatcher, with interceptors.redirect",
  uri: proxy,
  httpProxy: proxy,
  httpsProxy: proxy,
  proxyEnv: proxy,
  token: credentials,
  auth: credentials,
  headers: 'set it on the request; what only a proxy is to see goes into proxyHeaders',
  requestTls: 'put it under connect',
  proxyTunnel: 'leave it out: https goes through a tunnel, http in absolute form',
  dispatcher: 'a pool makes its dispatcher itself, pool.options.dispatcher',
  agent: 'a pool makes its dispatcher itself, pool.options.dispatcher',
  useH2c: cleartext,
  preferH2: preferred,
  h2Options:
    'set http2, maxStreamsPerConnection and pingInterval in the pool config; initialWindowSize and connectionWindowSize stand beside connect',
  maxConcurrentStreams: 'set maxStreamsPerConnection in the pool config',
  pingInterval: 'set pingInterval in the pool config',
}

const fromUrl = "it is taken from the request's URL"
const ownSocket = 'the pool opens a socket for each connection; give connect a function that makes them'

/** The same of `connect`, if it is not a function; undici overwrites some of them. */
const ownedByConnect: Advice = {
  timeout: 'set connectTimeout in the pool config',
  keepAlive: 'set tcpKeepAlive in the pool config',
  keepAliveInitialDelay: 'set tcpKeepAlive in the pool config',
  useH2c: cleartext,
  preferH2: preferred,
  ALPNProtocols: protocol,
  host: fromUrl,
  port: fromUrl,
  socket: ownSocket,
  fd: ownSocket,
  handle: ownSocket,
  onread: 'undici reads the socket itself',
}

/** Of undici's Client. A record of the type, so that none is forgotten in either. */
const clientOptions: { readonly [Option in Exclude<keyof NativeClientOptions, 'dispatch'> | 'tls' | 'useMilo']: true } = {
  connect: true,
  tls: true,
  headersTimeout: true,
  bodyTimeout: true,
  maxHeaderSize: true,
  maxResponseSize: true,
  maxCachedSessions: true,
  strictContentLength: true,
  socketPath: true,
  localAddress: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: true,
  allowH2: true,
  initialWindowSize: true,
  connectionWindowSize: true,
  webSocket: true,
  eventSource: true,
  proxyTls: true,
  proxyHeaders: true,
  useMilo: true,
}

/** Of undici's connector, besides those of `net.connect` and `tls.connect`. */
const connectorOptions: ReadonlySet<string> = new Set(['allowH2', 'maxCachedSessions', 'socketPath'])

/** Options of `createPool` itself. */
const third: ReadonlySet<string> = new Set(['name', 'strict'])

const isClientOption = (option: string) => Object.hasOwn(clientOptions, option)
const isConnectOption = (option: string) =>
  (connectOptions.has(option) || connectorOptions.has(option)) && !Object.hasOwn(ownedByConnect, option)

/**
 * What is wrong with native options, one sentence for each option: what is ignored in silence would be TLS that is lost in silence.
 * @param speaksHttp2 whether the pool config has it, for any host
 */
export function faultsIn(native: object, speaksHttp2 = false): string[] {
  return given(native).flatMap(([option, value]) => {
    if (option === 'allowH2' && value === !speaksHttp2) return `allowH2: ${protocol}`
    if (isClientOption(option)) return []
    if (isConnectOption(option)) return `${option}: put it under connect: { ${option} }`
    return withAdvice('', option, { ...ownedByConnect, ...owned })
  })
}

/** The same of the options of undici's connector, if that is what was given. */
export function faultsInConnect(connect: unknown, place: string, speaksHttp2 = false): string[] {
  if (connect === undefined || connect === null || typeof connect === 'function') return []
  const misgiven = misgivenOptions(connect)
  if (misgiven !== undefined) {
    const instead = insteadOf(connect, 'give an object of options such as { ca }, or a function that connects')
    return [`${place}: it is ${misgiven}: ${instead}`]
  }
  return given(connect as object).flatMap(([option, value]) => {
    const name = `${place}.${option}`
    if (option === 'allowH2' && value === !speaksHttp2) return `${name}: ${protocol}`
    if (isConnectOption(option) || (option === 'ALPNProtocols' && !speaksHttp2 && String(value) === 'http/1.1')) return []
    if (isClientOption(option)) return `${name}: put it beside ${place}, not in it`
    return withAdvice(`${place}.`, option, { ...owned, ...ownedByConnect })
  })
}

function given(options: object): [option: string, value: unknown][] {
  return Object.entries(options).filter(([, value]) => value !== undefined && value !== null)
}

function withAdvice(place: string, option: string, advice: Advice): string {
  return Object.hasOwn(advice, option) ? `${place}${option}: ${advice[option]}` : `${place}${show(option)}: ${strange(option)}`
}

function strange(option: string): string {
  if (fieldNames.some((field) => field === option)) return 'it is a limit: put it into the pool config, the first argument'
  if (third.has(option)) return 'put it into the third argument of createPool'
  const foreign = foreignName(option)
  if (foreign !== undefined) return `${foreign} in the pool config`
  const client = nearest(option, Object.keys(clientOptions))
  if (client !== undefined) return `undici knows no such option: did you mean ${client}?`
  const connect = nearest(option, [...connectOptions, ...connectorOptions].filter(isConnectOption))
  if (connect !== undefined) return `undici knows no such option: did you mean connect: { ${connect} }?`
  return 'undici knows no such option: leave it out'
}
