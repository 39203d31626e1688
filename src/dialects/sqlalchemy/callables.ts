import { type Callable, type Callables, sameNames } from '../callables.ts'

const queue = ['pool_size', 'max_overflow', 'pool_timeout', 'pool_recycle', 'pool_pre_ping', 'pool_use_lifo']

const engine: Callable = {
  positional: ['url'],
  takes: { ...sameNames(queue), pool: '*' },
  replaces: { pool: queue },
  local: { url: 'sqlite' },
  // NullPool keeps nothing and limits nothing.
  unless: {
    poolclass: { QueuePool: 'itself', AsyncAdaptedQueuePool: 'itself', NullPool: { pool_size: 0, pool_recycle: 0 } },
  },
  distinctive: true,
}

const queuePool: Callable = {
  positional: ['creator', 'pool_size', 'max_overflow', 'timeout', 'use_lifo'],
  takes: {
    pool_size: 'pool_size',
    max_overflow: 'max_overflow',
    timeout: 'pool_timeout',
    use_lifo: 'pool_use_lifo',
    recycle: 'pool_recycle',
    pre_ping: 'pool_pre_ping',
  },
  part: '',
  closed: ['creator', 'echo', 'logging_name', 'reset_on_return', 'events', 'dialect', '_dispatch'],
  distinctive: true,
}

export const callables: Callables = {
  aliases: ['sqlmodel'],
  names: {
    create_engine: engine,
    create_async_engine: engine,
    QueuePool: queuePool,
    AsyncAdaptedQueuePool: queuePool,
  },
}
