import { EventEmitter } from 'node:events'
import path from 'node:path'
import type { CloseOptions, Pool } from '../adapter.ts'
import { isDeepStrictEqual } from '../config/deep-equal.ts'
import { readCloseTimeout } from '../config/options.ts'
import type { ResolvedPoolConfig } from '../config/types.ts'
import { PoolClosedError, PoolConfigError, PoolUnsupportedError } from '../errors.ts'
import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean } from '../text/similar.ts'
import { Budgets } from './budgets.ts'
import { describePools, type PoolDescription } from './describe.ts'
import { type JoinFleet, type LoadPoolsOptions, type ReadPools, type ReadPoolsOptions, readPools, watchedFiles } from './load.ts'
import type { OpenableModule, OpenOptions } from './openable.ts'
import { readLoadOptions, readOpenOptions } from './options.ts'
import type { ResolvedPool } from './resolve.ts'
import { defaultPool } from './source.ts'
import { FileWatcher } from './watch.ts'

interface PoolsEvents {
  /** A reload changed these pools; the running ones among them obey already. */
  change: [{ readonly names: readonly string[] }]
  /** A reload failed: everything is as it was. Without a listener it becomes a process warning. */
  error: [Error]
}

/**
 * Reads the pools of the config file, the environment and code. Asynchronous, because config files may be modules.
 * Throws one PoolConfigError with everything that is wrong, and a PoolUnsupportedError for options that it does not know.
 */
export async function loadPools(options?: LoadPoolsOptions): Promise<Pools> {
  const { watch = false, fleet, ...sources } = readLoadOptions(options)
  const pools = new Pools(sources, await readPools(sources), fleet)
  return watch ? pools.watch() : pools
}

/** Named pools, for whichever clients: every client that is opened on one name shares its limits. */
export class Pools extends EventEmitter<PoolsEvents> implements AsyncDisposable {
  readonly #options: ReadPoolsOptions & { readonly cwd: string }
  readonly #budgets: Budgets
  #read: ReadPools
  #watcher: FileWatcher | undefined
  #reloading: Promise<unknown> = Promise.resolve()
  #closed = false

  /** @internal */
  constructor(options: ReadPoolsOptions, read: ReadPools, join?: JoinFleet) {
    super()
    this.#budgets = new Budgets(join)
    this.#options = { ...options, cwd: path.resolve(options.cwd ?? '.') }
    this.#read = read
  }

  /** Absolute path of the config file, or null if none was found. */
  get file(): string | null {
    return this.#read.file
  }

  /** Every pool that can be opened; `default` always can. */
  get names(): string[] {
    return [...this.#read.pools.keys()]
  }

  /** How many processes share the limits. */
  get processes(): number {
    return this.#read.processes.count
  }

  /** Those that were opened here and are not closed. */
  get opened(): Pool<unknown>[] {
    return this.#budgets.opened
  }

  /** The config of a pool, resolved and frozen. */
  config(name: string = defaultPool): ResolvedPoolConfig {
    return this.#find(name).config
  }

  /** Every pool with each value and where it comes from. */
  describe(): PoolDescription[] {
    return describePools(this.#read)
  }

  /**
   * A pool for one client, under the limits of that name. Clients opened on the same name share them: 40 connections to an upstream
   * are 40, whoever sends.
   *
   * @param module the adapter: `import * as axios from 'polypool/axios'`
   * @param native the native class's own options (TLS, lookup, …)
   */
  open<P extends Pool<unknown>, Native>(
    module: OpenableModule<P, Native>,
    name: string = defaultPool,
    native?: Native,
    options?: OpenOptions,
  ): P {
    if (this.#closed)
      throw new PoolClosedError(`pools.open(${show(name)}): these pools are closed. Load them again with loadPools()`)
    if (typeof module?.createPool !== 'function' || typeof module.support?.fields !== 'object') {
      throw new PoolUnsupportedError(
        `pools.open: ${show(module)} is no adapter module. Pass one whole, such as import * as axios from 'polypool/axios'`,
      )
    }
    return this.#budgets.open(module, this.#find(name), native, readOpenOptions(options))
  }

  /**
   * Reads everything again and reconfigures the running pools that changed: all of them, or, if anything is wrong, none.
   * @returns the names of the pools that changed
   */
  reload(): Promise<readonly string[]> {
    const reloaded = this.#reloading.then(() => this.#reload())
    this.#reloading = reloaded.catch(() => {})
    return reloaded
  }

  /**
   * Reloads whenever the config file changes, or comes where it is looked for, and tells with `change` or `error`.
   * Does not keep the process alive.
   */
  watch(): this {
    const files = () => watchedFiles(this.#read.file, this.#options.cwd)
    if (!this.#closed) this.#watcher ??= new FileWatcher(files, this.#read.stamp, () => this.#onFile())
    return this
  }

  /** Stops watching and closes every pool that was opened here: what runs and waits is finished; after `timeout` it is destroyed. */
  async close(options?: CloseOptions): Promise<void> {
    readCloseTimeout(options)
    this.#closed = true
    this.#watcher?.close()
    await this.#budgets.close(options)
  }

  /** Names and limits, for logs. */
  toJSON(): object {
    const pools = Object.fromEntries(this.names.map((name) => [name, this.config(name)]))
    return { file: this.file, pools }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toJSON()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #reload(): Promise<readonly string[]> {
    // The file that was found once: a reload does not move to another.
    const file = this.#read.file ?? undefined
    const read = await readPools({ ...this.#options, file: file ?? this.#options.file }, true)
    if (this.#closed) return []
    const before = this.#read.pools
    this.#budgets.reconfigure(before, read)
    this.#read = { ...read, shadowed: this.#read.shadowed }
    return [...new Set([...before.keys(), ...read.pools.keys()])].filter((name) => {
      return !isDeepStrictEqual(before.get(name)?.config, read.pools.get(name)?.config)
    })
  }

  #onFile(): void {
    this.reload().then(
      (names) => {
        if (names.length > 0 && !this.#closed) this.emit('change', { names })
      },
      (error: unknown) => {
        if (!this.#closed) this.#tell(error instanceof Error ? error : new Error(String(error)))
      },
    )
  }

  /** An `error` that nobody listens to would end the process, for a typo in a file. */
  #tell(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
    else process.emitWarning(`The pool config was not reloaded, the old limits hold. ${error.message}`, 'PolypoolWarning')
  }

  #find(name: string): ResolvedPool {
    const found = this.#read.pools.get(name)
    if (found !== undefined) return found
    const meant = typeof name === 'string' ? didYouMean(name, this.names) : undefined
    const { file } = this.#read
    const where = file === null ? 'no config file was found' : `in ${file}`
    const fix = meant ?? `the pools are ${list(this.names)}`
    throw new PoolConfigError([{ path: 'pools', value: name, message: `there is no pool ${show(name)} (${where}): ${fix}` }])
  }
}
