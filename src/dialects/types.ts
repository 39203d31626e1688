import type { Reading, Translation } from '../adapter.ts'
import type { PoolConfig } from '../config/types.ts'

export type DialectName = 'httpx' | 'requestx' | 'urllib3' | 'requests' | 'aiohttp' | 'pycurl' | 'sqlalchemy'

export interface ReadOptions {
  /** The library's version, such as `3.8.4`, where its defaults or meanings changed. Default: the latest that is known. */
  version?: string | undefined
}

/** A config written in another library's words. */
export interface Writing<Settings> extends Translation<Settings> {
  /** Idiomatic code in the library's language that makes this pool. */
  readonly code: string
}

/** The vocabulary of one library outside Node. */
export interface Dialect<Settings = object> {
  readonly name: DialectName
  /**
   * What the library would do with these settings, keys being its own keyword names; what is left out has the library's default.
   * @throws PoolConfigError for what can't be meant
   */
  read(settings?: Settings, options?: ReadOptions): Reading
  /** The settings nearest to a config, and what they cannot express: reading them back gives the config but for the fields in `notes`. */
  write(config?: PoolConfig): Writing<Settings>
}
