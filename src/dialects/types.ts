import type { Reading, Translation } from '../adapter.ts'
import type { PoolConfig, PoolConfigField, Support } from '../config/types.ts'
import type { Callables } from './callables.ts'
import type { LibraryDefaults } from './defaults.ts'

export interface ReadOptions {
  /**
   * The library's version, such as `3.8.4`, where its defaults or meanings changed; for pycurl that of libcurl, or all that
   * `pycurl.version` says. Default: the latest that is known.
   */
  version?: string | undefined
}

/** A config written in another library's words. */
export interface Writing<Settings> extends Translation<Settings> {
  /** Idiomatic code in the library's language that makes this pool. */
  readonly code: string
}

/** The vocabulary of one library outside Node. */
export interface Dialect<Settings = object, Name extends string = string> {
  readonly name: Name
  /** What the library itself can express: docs, notes and messages are drawn from it. */
  readonly support: DialectSupport
  /** What its users call, and which settings that takes. */
  readonly callables: Callables
  /**
   * What the library would do with these settings, keys being its own keyword names; what is left out has the library's default.
   * @throws PoolConfigError for what can't be meant
   */
  read(settings?: Settings, options?: ReadOptions): Reading
  /**
   * The settings nearest to a config, and what they cannot express: reading them back gives the config but for the fields in `notes`.
   * @throws PoolConfigError for an invalid config
   */
  write(config?: PoolConfig): Writing<Settings>
}

/** How well a library expresses one field of a PoolConfig. */
export interface FieldExpression {
  readonly support: Exclude<Support, 'enforced'>
  /** The library's own keyword for it, such as `limits.max_connections`; several where they work together. */
  readonly keywords: readonly string[]
  /** What is lost or different; empty where nothing is. Drawn into notes and docs. */
  readonly message: string
}

/** What one of a library's settings becomes. */
export interface SettingMeaning {
  readonly fields: readonly PoolConfigField[]
  readonly support: Exclude<Support, 'enforced'>
  /** What is different in a pool, or why it has no place there; empty where nothing is. Drawn into notes and docs. */
  readonly message: string
}

/** What a library calls one thing, and what holds when it is left out. */
export interface Fact {
  /** Null where the library has no such thing. */
  readonly keyword: string | null
  /** In the library's units; null is Python's None. */
  readonly default: unknown
  /** What else to know, in a few words. */
  readonly text?: string
}

/** What a library declares once: notes, docs and the comparison are drawn from it. */
export interface DialectSupport {
  readonly dialect: string
  readonly defaults: LibraryDefaults
  /** Every setting that `read` knows, nested ones with a dot: `limits.max_connections`. */
  readonly settings: { readonly [key: string]: SettingMeaning }
  readonly fields: { readonly [F in PoolConfigField]: FieldExpression }
  readonly poolClass: string
  readonly facts: {
    readonly totalLimit: Fact
    readonly perHostLimit: Fact
    readonly idleLimit: Fact
    readonly keepAliveExpiry: Fact
    /** Whether a request waits at a limit. */
    readonly block: Fact
    readonly acquireTimeout: Fact
    readonly http2: Fact
  }
}
