import { type ParsedPoolConfig, parsePoolConfig, patchPoolConfig } from '../config/parse.ts'
import type { PoolConfig, ResolvedPoolConfig } from '../config/types.ts'
import { PoolClosedError } from '../errors.ts'
import type { Member } from '../pool/member.ts'
import { ConnectionPool } from '../pool/pool.ts'

/** What an engine makes of a pool for one client. */
export interface Opened<Options> {
  readonly options: Options
  readonly member: Member
  /** Throws if the native options that the pool was made with exclude the config. */
  check?(config: ResolvedPoolConfig): void
  /** Applies what the client's own objects hold of a config, such as TCP keep-alive; called again by `reconfigure`. */
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
  readonly core: ConnectionPool
  readonly #shares = new Set<Share>()
  #joined = 0
  #parsed: ParsedPoolConfig

  constructor(config: PoolConfig) {
    this.#parsed = parsePoolConfig(config)
    this.core = new ConnectionPool(this.#parsed.config)
  }

  get parsed(): ParsedPoolConfig {
    return this.#parsed
  }

  /** Has one more client join; it leaves once its part has ended. */
  join<Options>(open: (core: ConnectionPool) => Opened<Options>, check: Share['check']): Opened<Options> {
    if (this.#ended) throw new PoolClosedError('the pool whose limits were to be shared is closed: pass a config or an open pool')
    check(this.#parsed)
    const opened = open(this.core)
    const share = { opened, check }
    this.#shares.add(share)
    this.#joined++
    opened.member.ended.then(() => this.#shares.delete(share))
    return opened
  }

  /** Fields that are not named keep their values. Nothing changes if the result is invalid for any of the clients. */
  reconfigure(changes: PoolConfig): void {
    const parsed = patchPoolConfig(this.#parsed, changes)
    for (const { check, opened } of this.#shares) {
      check(parsed)
      opened.check?.(parsed.config)
    }
    this.#parsed = parsed
    for (const { opened } of this.#shares) opened.configure(parsed.config)
    this.core.reconfigure(parsed.config)
  }

  get #ended(): boolean {
    return this.#joined > 0 && [...this.#shares].every(({ opened }) => opened.member.state !== 'open')
  }
}
