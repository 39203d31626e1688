import type { ClientSupport, CreatePoolOptions, Pool, PoolStats } from '../adapter.ts'
import { type ParsedPoolConfig, parsePoolConfig } from '../config/parse.ts'
import type { Note, PoolConfig, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { PoolUnsupportedError } from '../errors.ts'
import type { Member } from '../pool/member.ts'
import { ConnectionPool } from '../pool/pool.ts'
import { statsOf } from '../pool/stats.ts'

/** What an engine makes of a pool for one client. */
export interface Opened<Options> {
  readonly options: Options
  readonly member: Member
  /** Applies what the client's own objects hold of a config, such as TCP keep-alive; called again by `reconfigure`. */
  configure(config: ResolvedPoolConfig): void
}

/** The same engine under the option names of another client. */
export function remap<From, To>(opened: Opened<From>, to: (options: From) => To): Opened<To> {
  return { ...opened, options: to(opened.options) }
}

/** A pool's limits and state, which pools of several clients may share. */
class Budget {
  readonly core: ConnectionPool
  readonly members = new Set<Opened<unknown>>()
  #given: PoolConfig
  #parsed: ParsedPoolConfig

  constructor(given: PoolConfig) {
    this.#given = given
    this.#parsed = parsePoolConfig(given)
    this.core = new ConnectionPool(this.#parsed.config)
  }

  get parsed(): ParsedPoolConfig {
    return this.#parsed
  }

  /** Fields that are not named keep their values. Nothing changes if the result is invalid. */
  reconfigure(changes: PoolConfig, check: (parsed: ParsedPoolConfig) => void): void {
    parsePoolConfig(changes)
    const given = { ...this.#given, ...changes }
    const parsed = parsePoolConfig(given)
    check(parsed)
    this.#given = given
    this.#parsed = parsed
    for (const member of this.members) member.configure(parsed.config)
    this.core.reconfigure(parsed.config)
  }
}

// In the global registry, so that pools of two copies of the package can share a budget.
const budgetKey = Symbol.for('polypool.budget.v1')

type PoolWithBudget = Pool<unknown> & { readonly [budgetKey]: Budget }

function isPool(value: PoolConfig | Pool<unknown> | undefined): value is PoolWithBudget {
  return typeof value === 'object' && value !== null && budgetKey in value
}

/**
 * Opens a pool for one client: checks that the client can honour the config, has the engine join the state, and gives the public face of both.
 * @param config the limits, or a pool whose limits and state are to be shared
 */
export function openPool<Options>(
  support: ClientSupport,
  config: PoolConfig | Pool<unknown> | undefined,
  { strict = true }: CreatePoolOptions = {},
  open: (core: ConnectionPool) => Opened<Options>,
): Pool<Options> {
  const budget = isPool(config) ? config[budgetKey] : new Budget((config ?? {}) as PoolConfig)
  const check = (parsed: ParsedPoolConfig) => {
    if (strict) assertSupported(support, parsed.explicit)
  }
  check(budget.parsed)
  const opened = open(budget.core)
  const { member } = opened
  budget.members.add(opened)
  const leave = () => {
    budget.members.delete(opened)
  }
  return {
    options: opened.options,
    get config(): ResolvedPoolConfig {
      return budget.parsed.config
    },
    get notes(): readonly Note[] {
      return [...budget.parsed.notes, ...notesOf(support)]
    },
    stats: (): PoolStats => statsOf(budget.core),
    reconfigure: (changes: PoolConfig) => budget.reconfigure(changes, check),
    close: () => member.close().finally(leave),
    destroy: () => member.destroy().finally(leave),
    [Symbol.asyncDispose]: () => member.close().finally(leave),
    [budgetKey]: budget,
  } as PoolWithBudget & Pool<Options>
}

function assertSupported({ client, fields }: ClientSupport, explicit: ReadonlySet<PoolConfigField>): void {
  const refused = [...explicit].filter((field) => fields[field].pool === 'unsupported')
  if (refused.length === 0) return
  const reasons = refused.map((field) => `${field}: ${client} can't honour it: ${fields[field].message}`).join('; ')
  throw new PoolUnsupportedError(
    `${reasons}. Leave it out, or pass { strict: false } as the third argument to have it ignored with a note`,
  )
}

/** What the client does not honour in full, and what its users should know besides. */
function notesOf({ fields, advice }: ClientSupport): Note[] {
  const losses = (Object.keys(fields) as PoolConfigField[]).flatMap((field): Note[] => {
    const { pool, message = '' } = fields[field]
    return pool === 'approximated' || pool === 'unsupported' ? [{ field, support: pool, message }] : []
  })
  return [...losses, ...advice]
}
