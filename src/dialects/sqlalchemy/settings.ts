/** The keywords of `create_engine` that bear on QueuePool. Seconds are numbers; null is None. */
export interface SqlalchemySettings {
  pool_size?: number | undefined
  max_overflow?: number | undefined
  pool_timeout?: number | null | undefined
  pool_recycle?: number | undefined
  pool_pre_ping?: boolean | undefined
  pool_use_lifo?: boolean | undefined
}
