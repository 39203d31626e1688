import type { ClientSupport, CreatePoolOptions, Pool } from '../adapter.ts'
import type { PoolConfig } from '../config/types.ts'

export interface OpenOptions extends CreatePoolOptions {
  /** False: limits of its own instead of those that all clients of this name share. Default true. */
  shared?: boolean | undefined
}

/** As much of an adapter module as `open` needs: `import * as axios from 'polypool/axios'`. */
export interface OpenableModule<P extends Pool<unknown>, Native> {
  readonly support: ClientSupport
  createPool(config?: PoolConfig | Pool<unknown>, native?: Native, options?: CreatePoolOptions): P
}
