import type { CloseOptions, Pool } from '../adapter.ts'
import { isDeepStrictEqual } from '../config/deep-equal.ts'
import { fieldNames, pickFields } from '../config/fields.ts'
import type { PoolConfig, PoolConfigField } from '../config/types.ts'
import { PoolConfigError, PoolUnsupportedError } from '../errors.ts'
import type { PoolFleet } from './fleets.ts'
import type { JoinFleet, ReadPools } from './load.ts'
import type { OpenableModule, OpenOptions } from './openable.ts'
import { formatPath } from './paths.ts'
import type { ResolvedPool } from './resolve.ts'

/** One client's pool. */
interface Client {
  readonly pool: Pool<unknown>
  readonly module: OpenableModule<Pool<unknown>, never>
  readonly strict: boolean
}

/** Limits and state that clients share, and the clients that are open on them: a closing one, which takes no requests, is none any more. */
interface Budget {
  readonly name: string
  readonly clients: Set<Client>
}

interface Change {
  readonly pool: Pool<unknown>
  readonly config: PoolConfig
}

/** The running pools of all names. */
export class Budgets {
  readonly #shared = new Map<string, Budget>()
  readonly #all = new Set<Budget>()
  readonly #join: JoinFleet | undefined

  /** @param join has a pool join its fleet */
  constructor(join?: JoinFleet) {
    this.#join = join
  }

  open<P extends Pool<unknown>, Native>(
    module: OpenableModule<P, Native>,
    { name, explicit, fleet }: ResolvedPool,
    native: Native | undefined,
    { shared = true, ...options }: OpenOptions,
  ): P {
    this.#leaveClosed()
    const budget = (shared ? this.#shared.get(name) : undefined) ?? { name, clients: new Set() }
    const [first] = budget.clients
    if (fleet !== undefined && this.#join === undefined) {
      throw new PoolUnsupportedError(
        `pool ${name} shares the budget of the fleet ${fleet.settings.name}, and nothing says by which store: ` +
          'pass loadPools({ fleet: (pool, config) => joinFleet(pool, { ...config, store }) }), with joinFleet of polypool/fleet',
      )
    }
    const pool = module.createPool(first?.pool ?? explicit, native, { ...options, name: options.name ?? name })
    if (fleet !== undefined && first === undefined) this.#joined(pool, fleet)
    const client = { pool, module: module as OpenableModule<Pool<unknown>, never>, strict: options.strict ?? true }
    this.#all.add(budget)
    if (shared) this.#shared.set(name, budget)
    budget.clients.add(client)
    tellEnd(pool, () => this.#leave(budget, client))
    return pool
  }

  #joined(pool: Pool<unknown>, { config }: PoolFleet): void {
    try {
      this.#join?.(pool, config)
    } catch (error) {
      void pool.destroy()
      throw error
    }
  }

  get opened(): Pool<unknown>[] {
    this.#leaveClosed()
    return [...this.#all].flatMap(({ clients }) => [...clients].map(({ pool }) => pool))
  }

  async close(options?: CloseOptions): Promise<void> {
    const clients = [...this.#all].flatMap((budget) => [...budget.clients])
    await Promise.all(clients.map(({ pool }) => pool.close(options)))
  }

  /**
   * Applies what has changed since `before` to every running pool, or throws and leaves all as they were. A pool of which the sources say
   * the same as before is left alone: what code has set by `reconfigure` stays until they say something else.
   */
  reconfigure(before: ReadPools['pools'], read: ReadPools): void {
    this.#leaveClosed()
    const changes = [...this.#all].flatMap((budget) => this.#changesOf(budget, before, read))
    const done: Change[] = []
    try {
      for (const { pool, config } of changes) {
        done.push({ pool, config: pickFields(pool.config, Object.keys(config) as PoolConfigField[]) })
        pool.reconfigure(config)
      }
    } catch (error) {
      // What only the pool itself can tell, such as native options that exclude a field: no pool keeps half of a file.
      for (const change of done.reverse()) restore(change)
      throw error
    }
  }

  #changesOf({ name, clients }: Budget, before: ReadPools['pools'], { file, pools }: ReadPools): Change[] {
    const [first] = clients
    if (first === undefined) return []
    const wanted = pools.get(name)
    if (wanted === undefined) {
      const message = `${file ?? 'the config'}: pool ${name} is gone, but in use: keep it, or close its clients first`
      throw new PoolConfigError([{ path: 'pools', value: undefined, message }])
    }
    if (!same(before.get(name)?.fleet?.settings, wanted.fleet?.settings)) {
      const message = `${file ?? 'the config'}: the fleet of pool ${name} has changed, and the pool is in use: it stays in the fleet that it has joined until the process starts anew`
      throw new PoolConfigError([{ path: formatPath(['pools', name, 'fleet']), value: wanted.fleet?.config, message }])
    }
    if (same(before.get(name)?.config, wanted.config)) return []
    for (const client of clients) assertSupported(client, wanted)
    const fields = fieldNames.filter((field) => field in wanted.explicit || !same(first.pool.config[field], wanted.config[field]))
    return [{ pool: first.pool, config: pickFields(wanted.config, fields) }]
  }

  /** Of those that were closed by the client's own dispatcher nobody has told. */
  #leaveClosed(): void {
    for (const budget of [...this.#all]) {
      for (const client of [...budget.clients]) if (client.pool.closed) this.#leave(budget, client)
    }
  }

  #leave(budget: Budget, client: Client): void {
    budget.clients.delete(client)
    if (budget.clients.size > 0) return
    this.#all.delete(budget)
    if (this.#shared.get(budget.name) === budget) this.#shared.delete(budget.name)
  }
}

/** One that can't go back must not keep the others from it. */
function restore({ pool, config }: Change): void {
  try {
    pool.reconfigure(config)
  } catch {
    // The error that made everything go back is the one to tell.
  }
}

/** Has the pool tell when it is closed or destroyed. It stays the same object: its events name it. */
function tellEnd(pool: Pool<unknown>, ended: () => void): void {
  const telling =
    <A extends unknown[]>(how: (...options: A) => Promise<void>) =>
    (...options: A) => {
      const done = how(...options)
      // A close whose argument is refused closes nothing.
      if (pool.closed) ended()
      return done
    }
  const { close, destroy } = pool
  Object.defineProperties(pool, {
    close: { value: telling(close) },
    destroy: { value: telling(destroy) },
    [Symbol.asyncDispose]: { value: telling(() => close()) },
  })
}

/** Asked of every client before any pool is touched. */
function assertSupported({ module: { support }, strict }: Client, { name, explicit }: ResolvedPool): void {
  if (!strict) return
  for (const field of Object.keys(explicit) as PoolConfigField[]) {
    const { pool, message } = support.fields[field]
    if (pool !== 'unsupported') continue
    throw new PoolUnsupportedError(`pool ${name}: ${support.client} can't honour ${field}: ${message}. Leave it out of this pool`)
  }
}

function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other)
}
