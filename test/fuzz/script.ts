import fc from 'fast-check'
import type { PoolConfig } from '../../src/config/types.ts'

/** How many origins a script talks to. */
export const originCount = 3

/** Behaviours of the server, by whether a request that meets one must be answered. */
const good = [
  '',
  'delay=5',
  'delay=25',
  'chunks=3&size=300',
  'bodyDelay=8&size=64',
  'size=200000',
  'close=1',
  'hint=timeout%3D5',
  'interim=1',
  'status=204',
]
const faulty = [
  'reset=headers',
  'reset=reused',
  'reset=body',
  'fin=headers',
  'fin=reused',
  'fin=body',
  'fin=after',
  'garbage=1',
  'extra=1',
  'early=1',
  'read=0&early=1',
  'http10=1',
]

/** What the caller does from inside the event in which his client first tells of the response. */
const acts = ['nothing', 'throw away', 'ask again', 'reconfigure', 'abort all', 'busy'] as const
type Act = (typeof acts)[number]

const limits: fc.Arbitrary<PoolConfig> = fc.record(
  {
    maxConnections: fc.constantFrom(1, 2, 3, 5),
    maxConnectionsPerHost: fc.constantFrom('unlimited' as const, 1, 2),
    maxIdleConnections: fc.constantFrom('unlimited' as const, 1),
    maxHosts: fc.constantFrom('unlimited' as const, 1),
    keepAlive: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    keepAliveExpiry: fc.constantFrom('4s', '30ms'),
    maxLifetime: fc.constantFrom('unlimited' as const, '60ms'),
    maxRequestsPerConnection: fc.constantFrom('unlimited' as const, 1, 2),
    maxOverflow: fc.constantFrom(0, 0, 1, 2),
    scheduling: fc.constantFrom('lifo' as const, 'fifo' as const),
  },
  { requiredKeys: ['maxConnections', 'maxOverflow'] },
)

const request = fc.record({
  do: fc.constant('request' as const),
  member: fc.nat({ max: 1 }),
  origin: fc.nat({ max: originCount - 1 }),
  behaviour: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...faulty) }),
  body: fc.constantFrom('none' as const, 'none' as const, 'text' as const, 'stream' as const, 'broken stream' as const),
  reading: fc.oneof(
    { weight: 5, arbitrary: fc.constant('all' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'cancel' as const) },
  ),
  /** Milliseconds after which its caller leaves it. */
  left: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 6, 20) }),
  act: fc.oneof({ weight: 5, arbitrary: fc.constant('nothing' as Act) }, { weight: 2, arbitrary: fc.constantFrom(...acts) }),
  times: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(2, 5) }),
})
export type RequestStep = typeof request extends fc.Arbitrary<infer T> ? T : never

const step = fc.oneof(
  { weight: 8, arbitrary: request },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 3, 15, 50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('busy' as const), ms: fc.constantFrom(2, 8, 30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconfigure' as const), limits }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('server ends idle' as const),
      origin: fc.nat({ max: originCount - 1 }),
      how: fc.constantFrom('fin' as const, 'rst' as const),
    }),
  },
)

/** A pool of one client, or two clients on one budget, and what happens to it. */
export interface Script {
  readonly members: readonly string[]
  readonly limits: PoolConfig
  readonly steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]
  readonly end: 'close' | 'destroy'
}

/** @param clients names of drivers */
export function scripts(clients: readonly string[]): fc.Arbitrary<Script> {
  return fc.record({
    members: fc.tuple(fc.constantFrom(...clients), fc.constantFrom(...clients)),
    limits,
    steps: fc.array(step, { minLength: 1, maxLength: 14 }),
    end: fc.constantFrom('close' as const, 'destroy' as const),
  })
}

/** Whether a request that nobody leaves must be answered: nothing ends its connection but what pools handle. */
export function mustSucceed({ behaviour, body, reading, left, act }: RequestStep): boolean {
  return good.includes(behaviour) && body !== 'broken stream' && reading === 'all' && left === null && act === 'nothing'
}
