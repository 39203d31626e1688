import type { Reading } from '../../adapter.ts'
import { isDeepStrictEqual } from '../../config/deep-equal.ts'
import type { Note, PoolConfig } from '../../config/types.ts'
import { configOfPooled } from '../config-key.ts'
import type { Options } from '../options.ts'
import { noProxyAtAll, type ProxyReading, readProxyEnv, readProxyingAgent } from '../read-proxy.ts'
import { isKnown, owned } from './native-options.ts'
import { OptionsReader } from './options-reader.ts'

/** An agent or the options for one: what both look like from outside. */
export interface AgentLike {
  readonly options?: Options
  readonly getCurrentStatus?: unknown
  readonly [option: string]: unknown
}

/** Whose option names and defaults plain options have. A live agent shows by itself which it is. */
export type AgentKind = 'node' | 'agentkeepalive'

/** What a live agent holds outside its options, where it may have been assigned since: that is what counts. */
const liveLimits = ['keepAlive', 'keepAliveMsecs', 'maxSockets', 'maxFreeSockets', 'maxTotalSockets', 'scheduling'] as const

/** Names of agentkeepalive's that node ignores. */
const foreign = ['freeSocketTimeout', 'freeSocketKeepAliveTimeout', 'keepAliveTimeout', 'socketActiveTTL'] as const

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Reads the options, or the live instance, of http.Agent, https.Agent or agentkeepalive's classes. */
export function readAgent(agent: AgentLike, kind: AgentKind = 'node'): Reading {
  const own = configOfPooled(agent)
  if (own !== undefined) {
    return {
      config: own,
      notes: [{ field: 'agent', support: 'native', message: 'the agent is a polypool agent already: this is its config' }],
    }
  }
  const live = typeof agent.options === 'object' && agent.options !== null
  const reader = new OptionsReader(live ? { ...agent.options, ...pick(agent, liveLimits) } : agent)
  const isAgentkeepalive = live ? typeof agent.getCurrentStatus === 'function' : kind === 'agentkeepalive'
  const config = isAgentkeepalive ? readAgentkeepalive(reader) : readHttpAgent(reader, live)
  const proxies = proxiesOf(agent, reader.read('proxyEnv'))
  Object.assign(config, proxies.config)
  // What every agent does: wait without limit, and leave failed requests to the caller.
  Object.assign(config, { acquireTimeout: 'unlimited', connectTimeout: 'unlimited', retryStale: false } satisfies PoolConfig)
  for (const option of reader.unread()) {
    const value = (live ? agent.options : agent)?.[option]
    if (!live || !generated(option, value)) reader.note(option, 'native', leftOut(option))
  }
  return { config, notes: [...reader.notes, ...proxies.notes] }
}

function proxiesOf(agent: AgentLike, proxyEnv: unknown): ProxyReading {
  const ofClass = typeof agent.addRequest === 'function' ? readProxyingAgent(agent) : noProxyAtAll
  if (ofClass !== noProxyAtAll) return ofClass
  // An agent is for one scheme, of which alone it reads the variable.
  const scheme = agent.protocol
  return readProxyEnv(proxyEnv, [scheme !== 'https:', scheme !== 'http:'])
}

function pick(agent: AgentLike, names: readonly string[]): Options {
  return Object.fromEntries(names.flatMap((name) => (agent[name] === undefined ? [] : [[name, agent[name]]])))
}

function leftOut(option: string): string {
  if (Object.hasOwn(owned, option)) return `${option} has no effect while keepAlive is false: it was left out`
  return isKnown(option)
    ? `${option} is not a pool setting: pass it as a native option, the second argument of createPool`
    : `${option} is unknown to node's agents, which ignore it: it was left out`
}

/** What the constructors themselves put into an agent's options. */
function generated(option: string, value: unknown): boolean {
  return (
    (option === 'noDelay' && value === true) ||
    (option === 'path' && value === null) ||
    option === 'protocol' ||
    option === 'defaultPort'
  )
}

function readCommon(reader: OptionsReader, keepAlive: boolean): PoolConfig {
  const config: PoolConfig = {
    maxConnections: reader.cap('maxTotalSockets'),
    maxConnectionsPerHost: reader.cap('maxSockets'),
    keepAlive,
    scheduling: reader.read('scheduling') === 'fifo' ? 'fifo' : 'lifo',
  }
  if (config.maxConnections !== 'unlimited') {
    reader.note(
      'maxConnections',
      'approximated',
      'maxTotalSockets counts one agent only; the total of a pool is over both schemes, and gives an idle place of one host to another',
    )
  }
  if (!keepAlive) {
    reader.note(
      'keepAlive',
      'native',
      config.maxConnectionsPerHost === 'unlimited'
        ? 'keepAlive is false (the default of new http.Agent()): every request opens a connection of its own'
        : 'keepAlive is false, but with a finite maxSockets node still hands a connection to the requests that wait; a pool with keepAlive: false does not',
    )
    return { ...config, tcpKeepAlive: false }
  }
  config.maxIdleConnectionsPerHost = reader.read('maxFreeSockets') ? reader.cap('maxFreeSockets') : 256
  config.tcpKeepAlive = reader.positive('keepAliveMsecs') ?? 1000
  if (reader.read('keepAliveMsecs') !== undefined) {
    reader.note(
      'tcpKeepAlive',
      'native',
      'keepAliveMsecs is the delay of TCP probes, not a limit for idle connections: it has become tcpKeepAlive',
    )
  }
  return config
}

function readHttpAgent(reader: OptionsReader, live: boolean): PoolConfig {
  const keepAlive = Boolean(reader.read('keepAlive'))
  // To the constructor 0 says nothing; assigned to the agent, it means that none is kept.
  const keepsNone = live && keepAlive && reader.read('maxFreeSockets') === 0
  if (keepsNone)
    reader.note('maxFreeSockets', 'approximated', 'maxFreeSockets is 0: no idle connection is kept, as with keepAlive: false')
  const config = readCommon(reader, keepAlive && !keepsNone)
  const timeout = reader.positive('timeout')
  if (config.keepAlive) {
    config.keepAliveExpiry = timeout ?? 'unlimited'
    config.keepAliveHintMargin =
      reader.positive('agentKeepAliveTimeoutBuffer') ?? (reader.read('agentKeepAliveTimeoutBuffer') === 0 ? 0 : 1000)
  }
  if (timeout !== undefined) {
    reader.note(
      'keepAliveExpiry',
      'approximated',
      "the agent's timeout also fires 'timeout' on active requests; keepAliveExpiry closes idle connections only: set request timeouts on requests",
    )
  } else if (config.keepAlive) {
    reader.note(
      'keepAliveExpiry',
      'native',
      "without timeout the agent keeps idle connections for ever and does not heed a server's Keep-Alive: timeout; a pool does heed it",
    )
  }
  for (const option of foreign) {
    if (reader.read(option) === undefined) continue
    reader.note(option, 'unsupported', `${option} is agentkeepalive's name: http.Agent ignores it in silence; ${owned[option]}`)
  }
  return config
}

function readAgentkeepalive(reader: OptionsReader): PoolConfig {
  const config = readCommon(reader, reader.read('keepAlive') !== false)
  // Its own order: the deprecated names go before the new one.
  const given = ['freeSocketKeepAliveTimeout', 'keepAliveTimeout', 'freeSocketTimeout'].map((name) => milliseconds(reader, name))
  const free = given[0] || given[1] || (given[2] ?? 4000)
  const timeout = milliseconds(reader, 'timeout') ?? Math.max(2 * free, 8000)
  // Without a limit of its own for idle connections, its timeout closes them too.
  if (config.keepAlive) config.keepAliveExpiry = free || timeout || 'unlimited'
  config.maxLifetime = milliseconds(reader, 'socketActiveTTL') || 'unlimited'
  if (timeout > 0) {
    reader.note(
      'timeout',
      'unsupported',
      `agentkeepalive destroys an active request after ${timeout} ms without data; a pool never does: set timeouts on the requests`,
    )
  }
  if (reader.read('agentKeepAliveTimeoutBuffer') !== undefined) {
    reader.note(
      'agentKeepAliveTimeoutBuffer',
      'unsupported',
      "agentkeepalive's own timer replaces the server's hint, and with it this margin",
    )
  }
  return config
}

/** Durations as agentkeepalive takes them: milliseconds, or text such as `30s`. */
function milliseconds(reader: OptionsReader, option: string): number | undefined {
  const value = reader.read(option)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? value : 0
  const match =
    typeof value === 'string' && value.length < 32
      ? /^\s*(\d+(?:\.\d+)?)\s*(ms|milliseconds?|msecs?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)?\s*$/i.exec(
          value,
        )
      : null
  if (match === null) {
    reader.note(option, 'unsupported', `${option} is not a duration that can be read: it was left out`)
    return undefined
  }
  const unit = (match[2] ?? 'ms').toLowerCase()
  return Number(match[1]) * (/^(ms|mil)/.test(unit) ? 1 : units[unit.charAt(0) as keyof typeof units])
}

/** Reads an agent for each scheme; where they differ, the one for https counts, as most traffic is. */
export function readAgentPair(http: AgentLike | undefined, https: AgentLike | undefined, kind?: AgentKind): Reading {
  if (http === undefined || https === undefined) {
    const only = http ?? https
    if (only === undefined) return readNoAgent()
    const { config, notes } = readAgent(only, kind)
    const [set, other] = http === undefined ? ['https', 'http'] : ['http', 'https']
    const message = `only the agent for ${set} is set: ${other} requests use node's global agent, which has no limits; a pool has one set of limits for both`
    return { config, notes: [{ field: other, support: 'approximated', message }, ...notes] }
  }
  const [first, second] = [readAgent(http, kind), readAgent(https, kind)]
  const differing = Object.keys({ ...first.config, ...second.config }).filter(
    (field) => !isDeepStrictEqual(first.config[field as keyof PoolConfig], second.config[field as keyof PoolConfig]),
  )
  const notes = differing.map(
    (field): Note => ({
      field,
      support: 'approximated',
      message: `the agents for http and https differ in ${field}; a pool has one for both: the https value was taken`,
    }),
  )
  const said = new Set(second.notes.map(({ message }) => message))
  const others = first.notes.filter(({ message }) => !said.has(message))
  return { config: second.config, notes: [...notes, ...others, ...second.notes] }
}

/** With no agent at all requests go through node's global agent. */
function readNoAgent(): Reading {
  const { config } = readAgent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 })
  return {
    config,
    notes: [
      {
        field: 'keepAliveExpiry',
        support: 'approximated',
        message: "no agent is set: requests use node's global agent, which keeps idle connections for 5 s and has no limits",
      },
    ],
  }
}
