import type https from 'node:https'
import type net from 'node:net'
import { fieldNames } from '../../config/fields.ts'
import { nearest } from '../../config/similar.ts'
import { foreignName, show } from '../../config/vocabulary.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import { assertOptions } from '../translation.ts'

/** Native options that the pool's config replaces, and what to write instead. */
export const owned = {
  keepAlive: 'set keepAlive in the pool config',
  keepAliveMsecs: 'set tcpKeepAlive in the pool config (it is the delay of TCP probes)',
  keepAliveInitialDelay: 'set tcpKeepAlive in the pool config',
  maxSockets: 'set maxConnectionsPerHost in the pool config',
  maxTotalSockets: 'set maxConnections in the pool config',
  maxFreeSockets: 'set maxIdleConnectionsPerHost in the pool config',
  scheduling: 'set scheduling in the pool config',
  timeout: 'set keepAliveExpiry for idle connections; a timeout for requests belongs to the request',
  freeSocketTimeout: 'set keepAliveExpiry in the pool config',
  freeSocketKeepAliveTimeout: 'set keepAliveExpiry in the pool config',
  keepAliveTimeout: 'set keepAliveExpiry in the pool config',
  socketActiveTTL: 'set maxLifetime in the pool config',
  agentKeepAliveTimeoutBuffer: 'set keepAliveHintMargin in the pool config',
  proxyEnv: 'polypool opens its connections itself: assign a createConnection that dials the proxy to the agents in pool.options',
  createConnection: "node's agents ignore it as an option: assign it to the agents in pool.options",
  protocol: 'a pool has an agent for each scheme',
  defaultPort: 'set the port on the request',
} as const satisfies { readonly [option: string]: string }

/** Options of the native agent classes besides those that the pool's config replaces: TLS, `lookup`, `localAddress`, … */
export interface NativeAgentOptions extends Omit<https.AgentOptions, keyof typeof owned> {
  noDelay?: boolean | undefined
  allowHalfOpen?: boolean | undefined
  blockList?: net.BlockList | undefined
  highWaterMark?: number | undefined
  socketPath?: string | undefined
  signal?: AbortSignal | undefined
  typeOfService?: number | undefined
}

/** Of net.connect: each socket has its own. */
type OfOneSocket = 'fd' | 'handle' | 'onread' | 'readable' | 'writable'

type Known = Exclude<keyof NativeAgentOptions | keyof net.TcpNetConnectOpts, keyof typeof owned | OfOneSocket>

/** What agents take, and hand on to tls.connect and net.connect. By its type it lacks none that @types/node has. */
const known: { readonly [O in Known]: true } = {
  ALPNCallback: true,
  ALPNProtocols: true,
  SNICallback: true,
  allowHalfOpen: true,
  allowPartialTrustChain: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: true,
  blockList: true,
  ca: true,
  cert: true,
  certificateCompression: true,
  checkServerIdentity: true,
  ciphers: true,
  clientCertEngine: true,
  crl: true,
  dhparam: true,
  ecdhCurve: true,
  enableTrace: true,
  family: true,
  highWaterMark: true,
  hints: true,
  honorCipherOrder: true,
  host: true,
  key: true,
  localAddress: true,
  localPort: true,
  lookup: true,
  maxCachedSessions: true,
  maxVersion: true,
  minDHSize: true,
  minVersion: true,
  noDelay: true,
  passphrase: true,
  path: true,
  pfx: true,
  port: true,
  privateKeyEngine: true,
  privateKeyIdentifier: true,
  pskCallback: true,
  rejectUnauthorized: true,
  requestCert: true,
  requestOCSP: true,
  secureContext: true,
  secureOptions: true,
  secureProtocol: true,
  servername: true,
  session: true,
  sessionIdContext: true,
  sessionTimeout: true,
  sigalgs: true,
  signal: true,
  socket: true,
  socketPath: true,
  ticketKeys: true,
  typeOfService: true,
}

/** Those that belong elsewhere, and where. */
const elsewhere: { readonly [option: string]: string } = {
  name: 'it goes third: createPool(config, native, { name })',
  strict: 'it goes third: createPool(config, native, { strict })',
  connect: "it is undici's: write what is in it here, as in { ca }",
  tls: "it is undici's: write what is in it here, as in { ca }",
  headers: 'set it on the request',
  auth: 'set it on the request',
  maxHeaderSize: 'set it on the request',
  insecureHTTPParser: 'set it on the request',
  headersTimeout: 'it is undici’s: set a timeout on the request',
  bodyTimeout: 'it is undici’s: set a timeout on the request',
}

/** Throws if the native options contain one that would compete with the pool's config, or be passed over in silence. */
export function assertFree(native: object): void {
  assertOptions(native)
  const options = native as { readonly [option: string]: unknown }
  if ('dispatch' in native)
    throw new PoolUnsupportedError('the native options are a dispatcher, which is for undici and fetch only')
  const refused = Object.keys(options).filter((option) => !Object.hasOwn(known, option) && options[option] !== undefined)
  if (refused.length === 0) return
  throw new PoolUnsupportedError(
    refused
      .slice(0, 10)
      .map((option) => `${nameOf(option)} can't be passed as a native option: ${adviceOn(option)}`)
      .join('; '),
  )
}

export function isKnown(option: string): boolean {
  return Object.hasOwn(known, option)
}

function nameOf(option: string): string {
  return /^\w{1,60}$/.test(option) ? option : show(option)
}

function adviceOn(option: string): string {
  const advice = { ...owned, ...elsewhere }
  if (Object.hasOwn(advice, option)) return advice[option as keyof typeof owned]
  if (fieldNames.some((field) => field === option)) return 'it is a limit and goes first, into the pool config'
  const foreign = foreignName(option)
  if (foreign !== undefined) return `${foreign} in the pool config`
  const meant = nearest(option, [...Object.keys(known), ...Object.keys(owned)])
  return meant === undefined ? "node's agents do not know it, and would ignore it" : `did you mean ${meant}?`
}
