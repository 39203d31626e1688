import type { Reading } from '../../adapter.ts'
import type { Note } from '../../config/types.ts'
import { PoolConfigError } from '../../errors.ts'
import { type AgentLike, readAgent, readAgentPair } from './read.ts'

type Options = { readonly [option: string]: unknown }

/** Where a client keeps its agents, and what else is in its options. */
export interface Found {
  readonly http: AgentLike | undefined
  readonly https: AgentLike | undefined
  /** Options of the client that do not bear on pooling. */
  readonly others: readonly string[]
}

function isOptions(value: unknown): value is Options {
  return (typeof value === 'object' && value !== null && !Array.isArray(value)) || typeof value === 'function'
}

export function optionsOf(native: unknown, what: string): Options {
  if (isOptions(native)) return native
  throw new PoolConfigError([
    { path: '', value: native, message: `readSettings: expected ${what}, got ${native === null ? 'null' : typeof native}` },
  ])
}

export function agentOf(value: unknown): AgentLike | undefined {
  return isOptions(value) ? (value as AgentLike) : undefined
}

export function without(options: object, ...taken: string[]): string[] {
  return Object.keys(options).filter((option) => !taken.includes(option) && (options as Options)[option] !== undefined)
}

/** Reads an agent, the options for one, or a pair of either as `{ http, https }`. */
export function readAgents(native: unknown): Reading {
  const options = optionsOf(native, 'an agent, its options, or { http, https } of either')
  const pair = options.options === undefined && (isOptions(options.http) || isOptions(options.https))
  return pair ? readAgentPair(agentOf(options.http), agentOf(options.https)) : readAgent(options as AgentLike)
}

/** Reads the agents that a client's options or instance hold. */
export function readClient(client: string, { http, https, others }: Found): Reading {
  const { config, notes } = readAgentPair(http, https)
  const kept = others.map(
    (field): Note => ({ field, support: 'native', message: `${field} is not a pool setting: leave it with ${client}` }),
  )
  return { config, notes: [...notes, ...kept] }
}
