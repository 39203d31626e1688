import type { Reading } from '../../adapter.ts'
import type { Note, PoolConfig } from '../../config/types.ts'
import { owned } from './native-options.ts'

type Options = { readonly [option: string]: unknown }

/** An agent or the options for one: what both look like from outside. */
export interface AgentLike {
  readonly options?: Options
  readonly maxSockets?: number
  readonly maxFreeSockets?: number
  readonly maxTotalSockets?: number
  readonly getCurrentStatus?: unknown
}

const positive = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

/** A cap as node reads it: 0 and absence are no cap. */
const cap = (value: unknown): number | 'unlimited' => {
  const count = positive(value)
  return count === undefined || !Number.isFinite(count) ? 'unlimited' : count
}

const span = (value: unknown): number | 'unlimited' => positive(value) ?? 'unlimited'

/** Options that say where and how to connect: not pooling, but to be passed on. */
function passedOn(option: string): Note {
  return {
    field: option,
    support: 'native',
    message: `${option} is not a pool setting: pass it as a native option, the second argument of createPool`,
  }
}

/** Reads the options, or the live instance, of http.Agent, https.Agent or agentkeepalive's classes. */
export function readAgent(agent: AgentLike): Reading {
  const live = typeof agent.options === 'object' && agent.options !== null
  const options: Options = live ? { ...agent.options, ...liveLimits(agent) } : (agent as Options)
  const notes: Note[] = []
  const config = isAgentkeepalive(agent, options) ? readAgentkeepalive(options, notes) : readHttpAgent(options, notes)
  // What every agent does: wait without limit, and leave failed requests to the caller.
  Object.assign(config, { acquireTimeout: 'unlimited', connectTimeout: 'unlimited', retryStale: false } satisfies PoolConfig)
  for (const option of Object.keys(options)) {
    const value = options[option]
    if (Object.hasOwn(owned, option) || value === undefined || (live && generated(option, value))) continue
    notes.push(passedOn(option))
  }
  return { config, notes }
}

/** A limit may have been assigned to the instance after it was made; that is what counts then. */
function liveLimits({ maxSockets, maxFreeSockets, maxTotalSockets }: AgentLike): Options {
  return { maxSockets, maxFreeSockets, maxTotalSockets }
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

function isAgentkeepalive(agent: AgentLike, options: Options): boolean {
  return typeof agent.getCurrentStatus === 'function' || (agent.options !== undefined && 'freeSocketTimeout' in options)
}

function readCommon(options: Options, keepAlive: boolean, notes: Note[]): PoolConfig {
  const config: PoolConfig = {
    maxConnections: cap(options.maxTotalSockets),
    maxConnectionsPerHost: cap(options.maxSockets),
    keepAlive,
    scheduling: options.scheduling === 'fifo' ? 'fifo' : 'lifo',
  }
  if (options.maxTotalSockets !== undefined && cap(options.maxTotalSockets) !== 'unlimited') {
    notes.push({
      field: 'maxConnections',
      support: 'approximated',
      message:
        'maxTotalSockets counts one agent only; the total of a pool is over both schemes, and gives an idle place of one host to another',
    })
  }
  if (!keepAlive) {
    notes.push({
      field: 'keepAlive',
      support: 'native',
      message:
        cap(options.maxSockets) === 'unlimited'
          ? 'keepAlive is false (the default of new http.Agent()): every request opens a connection of its own'
          : 'keepAlive is false, but with a finite maxSockets node still hands a connection to the requests that wait; a pool with keepAlive: false does not',
    })
    return { ...config, tcpKeepAlive: false }
  }
  // The constructor takes 0 for "not set"; on a live agent 0 has been assigned and means that nothing is kept.
  config.maxIdleConnectionsPerHost =
    cap(options.maxFreeSockets ?? 256) === 'unlimited' ? 'unlimited' : (positive(options.maxFreeSockets) ?? 256)
  config.tcpKeepAlive = positive(options.keepAliveMsecs) ?? 1000
  if (options.keepAliveMsecs !== undefined) {
    notes.push({
      field: 'tcpKeepAlive',
      support: 'native',
      message: 'keepAliveMsecs is the delay of TCP probes, not a limit for idle connections: it has become tcpKeepAlive',
    })
  }
  return config
}

function readHttpAgent(options: Options, notes: Note[]): PoolConfig {
  const config = readCommon(options, options.keepAlive === true, notes)
  if (config.keepAlive) {
    config.keepAliveExpiry = span(options.timeout)
    config.keepAliveHintMargin =
      typeof options.agentKeepAliveTimeoutBuffer === 'number' ? options.agentKeepAliveTimeoutBuffer : 1000
  }
  if (positive(options.timeout) !== undefined) {
    notes.push({
      field: 'keepAliveExpiry',
      support: 'approximated',
      message:
        "the agent's timeout also fires 'timeout' on active requests; keepAliveExpiry closes idle connections only: set request timeouts on requests",
    })
  } else if (config.keepAlive) {
    notes.push({
      field: 'keepAliveExpiry',
      support: 'native',
      message:
        "without timeout the agent keeps idle connections for ever and does not heed a server's Keep-Alive: timeout; a pool does heed it",
    })
  }
  for (const option of ['freeSocketTimeout', 'freeSocketKeepAliveTimeout', 'keepAliveTimeout', 'socketActiveTTL']) {
    if (options[option] === undefined) continue
    notes.push({
      field: option,
      support: 'unsupported',
      message: `${option} is agentkeepalive's name: http.Agent ignores it in silence; ${owned[option]}`,
    })
  }
  return config
}

function readAgentkeepalive(options: Options, notes: Note[]): PoolConfig {
  const config = readCommon(options, options.keepAlive !== false, notes)
  const idle = milliseconds(options.freeSocketTimeout ?? options.freeSocketKeepAliveTimeout ?? options.keepAliveTimeout)
  if (config.keepAlive) config.keepAliveExpiry = idle === undefined ? 4000 : span(idle)
  config.maxLifetime = span(milliseconds(options.socketActiveTTL))
  const timeout = milliseconds(options.timeout) ?? Math.max(2 * (idle ?? 4000), 8000)
  if (timeout > 0) {
    notes.push({
      field: 'timeout',
      support: 'unsupported',
      message: `agentkeepalive destroys an active request after ${timeout} ms without data; a pool never does: set timeouts on the requests`,
    })
  }
  return config
}

/** Durations as agentkeepalive takes them: milliseconds, or a string such as `30s`. */
function milliseconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const match = typeof value === 'string' && value.length < 32 ? /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/.exec(value) : null
  if (match === null) return undefined
  return Number(match[1]) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 'ms'] ?? 1)
}

/** Reads an agent for each scheme; where they differ, the one for https counts, as most traffic is. */
export function readAgentPair(http: AgentLike | undefined, https: AgentLike | undefined): Reading {
  if (http === undefined || https === undefined) {
    const only = http ?? https
    return only === undefined ? readNoAgent() : readAgent(only)
  }
  const [first, second] = [readAgent(http), readAgent(https)]
  const differing = Object.keys({ ...first.config, ...second.config }).filter(
    (field) => first.config[field as keyof PoolConfig] !== second.config[field as keyof PoolConfig],
  )
  const notes = differing.map(
    (field): Note => ({
      field,
      support: 'approximated',
      message: `the agents for http and https differ in ${field}; a pool has one for both: the https value was taken`,
    }),
  )
  return { config: second.config, notes: [...notes, ...second.notes] }
}

/** With no agent at all requests go through node's global agent. */
export function readNoAgent(): Reading {
  const { config } = readAgent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 } as AgentLike)
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
