import { type LibraryDefaults, onGithub } from '../defaults.ts'

const engine = onGithub('sqlalchemy/sqlalchemy', 'rel_2_0_52', 'lib/sqlalchemy/engine/create.py')
const queuePool = onGithub('sqlalchemy/sqlalchemy', 'rel_2_0_52', 'lib/sqlalchemy/pool/impl.py')
const unlimited = Number.POSITIVE_INFINITY

/** Every default of sqlalchemy, each with its source. */
export const defaults: LibraryDefaults = {
  settings: {
    pool_size: [{ value: 5, source: queuePool }],
    max_overflow: [{ value: 10, source: queuePool }],
    pool_timeout: [{ value: 30, source: queuePool }],
    pool_recycle: [{ value: -1, source: engine }],
    pool_pre_ping: [{ value: false, source: engine }],
    pool_use_lifo: [{ value: false, source: queuePool }],
  },
  fixed: { keepAliveExpiry: [{ value: unlimited, source: queuePool }] },
}
