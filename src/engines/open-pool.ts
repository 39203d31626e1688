import type { ClientSupport, CloseOptions, CreatePoolOptions, Health, Pool, PoolStats, StatsOptions } from '../adapter.ts'
import { demandsIn, isSet } from '../config/needs.ts'
import { readCloseTimeout, readPoolOptions } from '../config/options.ts'
import type { ParsedPoolConfig } from '../config/parse.ts'
import type { Note, PoolConfig, ResolvedPoolConfig } from '../config/types.ts'
import { PoolError, PoolUnsupportedError } from '../errors.ts'
import { channels } from '../observe/channels.ts'
import { printDecisions } from '../observe/debug-lines.ts'
import { budgetKey } from '../observe/sharing.ts'
import { watchPool } from '../observe/warnings/index.ts'
import type { Core } from '../pool/port.ts'
import { show } from '../text/show.ts'
import { Budget, type Opened } from './budget.ts'
import { Closing } from './closing.ts'
import { refuseMisuse } from './misuse.ts'
import { preconnect } from './preconnect.ts'
import { proxyNotes } from './proxy-variables.ts'
import { readStatsOptions } from './stats-options.ts'
import { adviceOf, shortfallsOf } from './support-notes.ts'

export type { Opened } from './budget.ts'

/** The same engine under the option names of another client. */
export function remap<From, To>(opened: Opened<From>, to: (options: From) => To): Opened<To> {
  return { ...opened, options: to(opened.options) }
}

const creates = channels['polypool:pool:create']

/** By what `util.inspect` and `console.log` ask an object for what they show. */
const inspect = Symbol.for('nodejs.util.inspect.custom')

type PoolWithBudget = Pool<unknown> & { readonly [budgetKey]: Budget }

export function isPool(value: unknown): value is PoolWithBudget {
  try {
    return typeof value === 'object' && value !== null && budgetKey in value
  } catch {
    // A proxy whose trap throws: it is no pool, and as a config it is refused.
    return false
  }
}

/**
 * Opens a pool for one client: checks that the client can honour the config, has the engine join the state, and gives the public face of both.
 * @param config the limits, or a pool whose limits and state are to be shared
 * @param here what the client supports with what is installed, where that makes a difference
 */
export function openPool<Options>(
  support: ClientSupport,
  config: PoolConfig | Pool<unknown> | undefined,
  options: CreatePoolOptions | undefined,
  open: (core: Core) => Opened<Options>,
  here: () => ClientSupport = () => support,
): Pool<Options> {
  printDecisions()
  const shared = isPool(config) ? config[budgetKey] : undefined
  const { name = shared?.name, strict, warnings, leakDetection } = readPoolOptions(options)
  const named = naming(name)
  const budget = shared ?? named(() => new Budget(config, name))
  const check = (parsed: ParsedPoolConfig) => {
    if (strict) assertSupported(here(), parsed, shared !== undefined)
  }
  const { options: given, member } = named(() => budget.join(support.client, open, name, check))
  const closing = new Closing(member, budget.core.clock)
  const proxies = proxyNotes()
  const pool = {
    options: given,
    name,
    get config(): ResolvedPoolConfig {
      return budget.parsed.config
    },
    get notes(): readonly Note[] {
      const { parsed } = budget
      const untold = isSet('proxy', parsed.config, parsed.explicit) ? [] : proxies
      return [...parsed.notes, ...shortfallsOf(here(), parsed), ...adviceOf(here(), parsed), ...untold]
    },
    get closed(): boolean {
      return member.state !== 'open'
    },
    stats: (which?: StatsOptions): PoolStats => budget.core.stats(readStatsOptions(which)),
    health: (): Health => (member.state === 'open' ? budget.core.health : { status: 'failing', reasons: ['the pool is closed'] }),
    reconfigure: (changes: PoolConfig) => named(() => budget.reconfigure(member, changes)),
    preconnect: async (url: string | URL, count?: number) => named(() => preconnect(budget.core, member, url, count)),
    close: async (how?: CloseOptions) => closing.close(named(() => readCloseTimeout(how))),
    destroy: () => member.destroy(),
    [Symbol.asyncDispose]: () => closing.close(Number.POSITIVE_INFINITY),
  }
  // What a log makes of a pool: its options would bring the keys and certificates that it connects with.
  const shown = () => ({ ...(name !== undefined && { name }), config: pool.config, stats: pool.stats(), notes: pool.notes })
  Object.defineProperties(pool, {
    [budgetKey]: { value: budget },
    toJSON: { value: shown },
    [inspect]: { value: shown },
  })
  refuseMisuse(pool, support)
  member.handle = pool
  if (warnings) watchPool(budget.core, member, support.client, leakDetection)
  if (creates.hasSubscribers) creates.publish({ pool, name, client: support.client, config: pool.config })
  return pool
}

/** Runs what may throw, and has errors of the pool tell its name. */
function naming(name: string | undefined): <T>(act: () => T) => T {
  return (act) => {
    try {
      return act()
    } catch (error) {
      if (name !== undefined && error instanceof PoolError) {
        Object.defineProperty(error, 'pool', { value: name, enumerable: true, configurable: true, writable: true })
      }
      throw error
    }
  }
}

const mostTold = 10

/** @param isShared the limits are those of a pool that another client may use too */
function assertSupported({ client, fields }: ClientSupport, { config, explicit }: ParsedPoolConfig, isShared: boolean): void {
  const refused = demandsIn(config, explicit).filter(({ field }) => fields[field].pool === 'unsupported')
  if (refused.length === 0) return
  const reasons = refused
    .slice(0, mostTold)
    .map(
      ({ field, path, value }) =>
        `${path}: ${client} can't honour ${show(value)}: ${fields[field].pooled ?? fields[field].message}`,
    )
    .join('; ')
  throw new PoolUnsupportedError(
    isShared
      ? `${reasons}. Give ${client} a pool of its own without it, or pass { strict: false } as the third argument: it keeps to the shared limits and ignores this, with a note`
      : `${reasons}. Leave it out, or pass { strict: false } as the third argument to have it ignored with a note`,
  )
}
