import { type ParsedPoolConfig, parsePoolConfig, patchPoolConfig } from '../config/parse.ts'
import { readRoutes } from '../config/proxies/ways.ts'
import type { PoolConfig, ResolvedPoolConfig } from '../config/types.ts'
import { isPoolError, PoolClosedError, PoolUnsupportedError } from '../errors.ts'
import { channels } from '../observe/channels.ts'
import { type Core, createCore, type Member } from '../pool/port.ts'

const reconfigures = channels['polypool:pool:reconfigure']

/** What an engine makes of a pool for one client. */
export interface Opened<Options> {
  readonly options: Options
  readonly member: Member
  /** Throws if the native options that the pool was made with exclude the config. */
  check?(config: ResolvedPoolConfig): void
  /** Applies what the client's own objects hold of a config, such as TCP keep-alive, and the core's routes; called again by `reconfigure`. */
  configure(config: ResolvedPoolConfig): void
}

/** One client's part in a budget. */
interface Share {
  readonly opened: Opened<unknown>
  /** Throws if the client can't honour the config. */
  check(parsed: ParsedPoolConfig): void
}

/** Limits and state that pools of several clients may share. */
export class Budget {
  readonly core: Core
  /** Of the first client, for those that have none of their own. */
  readonly name: string | undefined
  readonly #shares = new Set<Share>()
  #joined = 0
  #parsed: ParsedPoolConfig

  constructor(config: unknown, name?: string) {
    this.#parsed = parsePoolConfig(config)
    this.core = createCore(this.#parsed.config, readRoutes(this.#parsed.config))
    this.name = name
  }

  get parsed(): ParsedPoolConfig {
    return this.#parsed
  }

  /** Has one more client join; it leaves once its part has ended. One that can't be opened leaves nothing behind. */
  join<Options>(
    client: string,
    open: (core: Core) => Opened<Options>,
    name: string | undefined,
    check: Share['check'],
  ): Opened<Options> {
    if (this.#ended) throw new PoolClosedError('the pool whose limits were to be shared is closed: pass a config or an open pool')
    check(this.#parsed)
    const opened = this.#open(client, open)
    opened.member.name = name
    const share = { opened, check }
    this.#shares.add(share)
    this.#joined++
    opened.member.ended.then(() => this.#shares.delete(share))
    return opened
  }

  /** Fields that are not named keep their values. Nothing changes if the result is invalid for any of the clients. */
  reconfigure(member: Member, changes: PoolConfig): void {
    if (member.state !== 'open')
      throw new PoolClosedError('reconfigure: the pool is closed, and no limit of it holds any more: create a new pool')
    const parsed = patchPoolConfig(this.#parsed, changes)
    for (const { check, opened } of this.#shares) {
      check(parsed)
      opened.check?.(parsed.config)
    }
    const before = this.#parsed.config
    // The environment may say what can't be read.
    const routes = readRoutes(parsed.config)
    this.#parsed = parsed
    this.core.reroute(routes)
    for (const { opened } of this.#shares) opened.configure(parsed.config)
    this.core.reconfigure(parsed.config)
    this.#tellChange(before)
  }

  #tellChange(before: ResolvedPoolConfig): void {
    const { config } = this.#parsed
    for (const { opened } of [...this.#shares]) {
      const { handle: pool, name } = opened.member
      if (reconfigures.hasSubscribers && pool !== null) reconfigures.publish({ pool, name, config, before })
    }
  }

  #open<Options>(client: string, open: (core: Core) => Opened<Options>): Opened<Options> {
    const before = new Set(this.core.members)
    try {
      return open(this.core)
    } catch (error) {
      for (const member of this.core.members) if (!before.has(member)) void member.destroy()
      if (isPoolError(error)) throw error
      const problem = error instanceof Error ? `: ${error.message}` : ''
      throw new PoolUnsupportedError(`the native options of ${client} can't be used${problem}`, { cause: error })
    }
  }

  get #ended(): boolean {
    return this.#joined > 0 && [...this.#shares].every(({ opened }) => opened.member.state !== 'open')
  }
}
