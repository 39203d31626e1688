import type { Reading } from '../../adapter.ts'
import type { Note } from '../../config/types.ts'
import { PoolConfigError } from '../../errors.ts'
import type { Options } from '../options.ts'
import { type AgentKind, type AgentLike, readAgent, readAgentPair } from './read.ts'

/** Where a client keeps its agents, and what else is in its options. */
export interface Found {
  readonly http: AgentLike | undefined
  readonly https: AgentLike | undefined
  /** Options of the client that do not bear on pooling. */
  readonly others: readonly string[]
}

function isOptions(value: unknown): value is Options {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
  return isObject || typeof value === 'function'
}

/** Nothing of what was given is repeated in the error: it may be a proxy's URL with its password. */
export function badInput(problem: string): PoolConfigError {
  return new PoolConfigError([{ path: '', value: undefined, message: `readSettings: ${problem}` }])
}

export function optionsOf(native: unknown, what: string): Options {
  if (isOptions(native)) return native
  throw badInput(`expected ${what}, got ${native === null ? 'null' : Array.isArray(native) ? 'an array' : typeof native}`)
}

/** The agent of an option; false means, to node and its clients, a new agent for every request. */
export function agentOf(value: unknown, option: string): AgentLike | undefined {
  if (value === undefined || value === null) return undefined
  if (value === false) return { keepAlive: false }
  if (typeof value === 'object' && !Array.isArray(value)) return value as AgentLike
  throw badInput(`expected an agent as ${option}, got ${Array.isArray(value) ? 'an array' : typeof value}`)
}

export function without(options: object, ...taken: string[]): string[] {
  return Object.keys(options).filter((option) => !taken.includes(option) && (options as Options)[option] !== undefined)
}

/** Reads an agent, the options for one, or a pair of either as `{ http, https }`. */
export function readAgents(native: unknown, kind?: AgentKind): Reading {
  const what = 'an agent, its options, or { http, https } of either'
  const options = optionsOf(native, what)
  if (typeof options === 'function') throw badInput(`expected ${what}, got a function`)
  const isPair = options.options === undefined && (options.http !== undefined || options.https !== undefined)
  if (!isPair) return readAgent(options, kind)
  const { config, notes } = readAgentPair(agentOf(options.http, 'http'), agentOf(options.https, 'https'), kind)
  return { config, notes: [...notes, ...keptNotes('the agents', without(options, 'http', 'https'))] }
}

/** Reads the agents that a client's options or instance hold. */
export function readClient(client: string, { http, https, others }: Found): Reading {
  const { config, notes } = readAgentPair(http, https)
  return { config, notes: [...notes, ...keptNotes(client, others)] }
}

function keptNotes(client: string, options: readonly string[]): Note[] {
  return options.map((field) => ({
    field,
    support: 'native',
    message: `${field} is not a pool setting: leave it with ${client}`,
  }))
}
