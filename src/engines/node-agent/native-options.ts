import type https from 'node:https'
import type net from 'node:net'
import { fieldNames } from '../../config/fields.ts'
import { foreignName } from '../../config/unknown-names.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import { showName } from '../../text/show.ts'
import { nearest } from '../../text/similar.ts'
import { type ConnectOption, connectOptions } from '../connect-options.ts'
import type { ProxyOptions } from '../proxy/gateway.ts'
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
  proxyEnv: "set proxy and noProxy in the pool config (proxy: 'env' for proxyEnv: process.env)",
  createConnection: "node's agents ignore it as an option: assign it to the agents in pool.options",
  protocol: 'a pool has an agent for each scheme',
  defaultPort: 'set the port on the request',
} as const satisfies { readonly [option: string]: string }

/** Options of the native agent classes besides those that the pool's config replaces: TLS, `lookup`, `localAddress`, … */
export interface NativeAgentOptions extends Omit<https.AgentOptions, keyof typeof owned>, ProxyOptions {
  noDelay?: boolean | undefined
  allowHalfOpen?: boolean | undefined
  blockList?: net.BlockList | undefined
  highWaterMark?: number | undefined
  socketPath?: string | undefined
  signal?: AbortSignal | undefined
  typeOfService?: number | undefined
}

/** Of net.connect: each socket has its own. */
const ofOneSocket: ReadonlySet<string> = new Set(['fd', 'handle', 'onread', 'readable', 'writable'])

/** What agents take besides what they hand on to tls.connect and net.connect. By its type it lacks none that @types/node has. */
const besides: { readonly [O in Exclude<keyof NativeAgentOptions, ConnectOption>]: true } = {
  maxCachedSessions: true,
  proxyHeaders: true,
  proxyTls: true,
  socketPath: true,
}

const known: ReadonlySet<string> = new Set(
  [...connectOptions, ...Object.keys(besides)].filter((option) => !Object.hasOwn(owned, option) && !ofOneSocket.has(option)),
)

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
export function assertFreeForAgent(native: object): void {
  assertOptions(native)
  const options = native as { readonly [option: string]: unknown }
  if ('dispatch' in native)
    throw new PoolUnsupportedError('the native options are a dispatcher, which is for undici and fetch only')
  const refused = Object.keys(options).filter((option) => !known.has(option) && options[option] !== undefined)
  if (refused.length === 0) return
  throw new PoolUnsupportedError(
    refused
      .slice(0, 10)
      .map((option) => `${showName(option)} can't be passed as a native option: ${adviceOn(option)}`)
      .join('; '),
  )
}

export function isKnown(option: string): boolean {
  return known.has(option)
}

function adviceOn(option: string): string {
  const advice = { ...owned, ...elsewhere }
  if (Object.hasOwn(advice, option)) return advice[option as keyof typeof owned]
  if (fieldNames.some((field) => field === option)) return 'it is a limit and goes first, into the pool config'
  const foreign = foreignName(option)
  if (foreign !== undefined) return `${foreign} in the pool config`
  const meant = nearest(option, [...known, ...Object.keys(owned)])
  return meant === undefined ? "node's agents do not know it, and would ignore it" : `did you mean ${meant}?`
}
