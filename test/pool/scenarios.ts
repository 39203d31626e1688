import fc from 'fast-check'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import type { HostLimits, ResolvedPoolConfig } from '../../src/config/types.ts'

const unlimited = Number.POSITIVE_INFINITY
export const origins = ['http://a.test:80', 'http://b.test:80', 'https://c.test:443', 'http://d.test:8080'] as const

const proxies = {
  one: new ProxyServer('http', 'proxy.test', 3128, null),
  two: new ProxyServer('https', 'proxy.test', 3129, { username: 'me', password: 'secret' }),
} as const

const cap = (...values: number[]) => fc.constantFrom(unlimited, ...values)

const hostLimits = fc.record(
  {
    proxy: fc.constantFrom(false as const, proxies.one, proxies.two),
    maxConnectionsPerHost: cap(1, 2, 3),
    maxIdleConnectionsPerHost: cap(1, 2),
    minIdleConnectionsPerHost: fc.constantFrom(0, 1, 2),
    keepAlive: fc.boolean(),
    keepAliveExpiry: cap(5, 60, 4000),
    maxLifetime: cap(30, 500),
    maxRequestsPerConnection: cap(1, 2, 5),
    maxStreamsPerConnection: cap(1, 2, 3, 5),
    acquireTimeout: cap(20, 500),
    connectTimeout: cap(20, 500),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<HostLimits>>

const poolLimits = fc.record(
  {
    maxConnections: cap(1, 2, 3, 4, 5),
    maxConnectionsPerHost: cap(1, 2, 3),
    maxConnectionsPerProxy: cap(1, 2, 3),
    proxy: fc.constantFrom(false as const, false as const, false as const, proxies.one, proxies.two),
    maxIdleConnections: cap(1, 2, 3),
    maxIdleConnectionsPerHost: cap(1, 2),
    minIdleConnectionsPerHost: fc.constantFrom(0, 0, 0, 1, 2),
    maxHosts: cap(1, 2),
    keepAlive: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    keepAliveExpiry: cap(5, 60, 4000),
    maxLifetime: cap(30, 500),
    maxRequestsPerConnection: cap(1, 2, 5),
    maxStreamsPerConnection: cap(1, 2, 3, 5),
    maxPending: cap(0, 1, 3),
    acquireTimeout: cap(20, 500),
    connectTimeout: cap(20, 500),
    scheduling: fc.constantFrom('lifo' as const, 'fifo' as const),
    hosts: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.record({ 'a.test': hostLimits }) },
      { weight: 1, arbitrary: fc.record({ 'http://b.test:80': hostLimits }) },
    ),
  },
  { requiredKeys: [] },
)

const blocking = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ block: true, maxOverflow: 0 }) },
  { weight: 2, arbitrary: fc.record({ block: fc.constant(true), maxOverflow: fc.constantFrom(1, 2) }) },
  { weight: 2, arbitrary: fc.record({ block: fc.constant(false), maxOverflow: cap(0, 1, 2) }) },
)

const configs: fc.Arbitrary<Partial<ResolvedPoolConfig>> = fc
  .tuple(poolLimits, blocking)
  .map(([limits, block]) => ({ maxConnections: 3, ...limits, ...block }))

const index = fc.nat({ max: 11 })
const member = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) })
/** What the caller does from inside the core's call when his request is granted or rejected. */
const then = fc.oneof(
  { weight: 10, arbitrary: fc.constant('nothing' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'ask again' as const,
      'fail at once' as const,
      'leave at once' as const,
      'end at once' as const,
      'abandon another' as const,
    ),
  },
)

const request = fc.record({
  do: fc.constant('request' as const),
  member,
  origin: fc.nat({ max: origins.length - 1 }),
  lane: fc.oneof({ weight: 3, arbitrary: fc.constant('plain') }, { weight: 1, arbitrary: fc.constant('tls') }),
  times: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 6 }) }),
  then,
})
const release = fc.record({
  do: fc.constant('release' as const),
  index,
  /** Which of its requests, be it that the server resets it. */
  nth: fc.nat({ max: 5 }),
  reusable: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  hint: fc.option(fc.record({ timeout: fc.nat({ max: 5 }), max: fc.nat({ max: 3 }) }, { requiredKeys: [] }), {
    nil: undefined,
    freq: 4,
  }),
})
const indexed = fc.record({
  do: fc.constantFrom(
    'fail to connect' as const,
    'abandon' as const,
    'cut' as const,
    'server closes' as const,
    'FIN' as const,
    'retry' as const,
  ),
  index,
})
const allows = fc.constantFrom(0, 1, 1, 2, 2, 3, 5, unlimited)
/** It may turn out to speak HTTP/2 where that is offered; SETTINGS may come with it. */
const connect = fc.record({
  do: fc.constant('connect' as const),
  index,
  h2: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  settings: fc.option(allows, { nil: undefined }),
})
const settings = fc.record({ do: fc.constant('settings' as const), index, allows })
const goAway = fc.record({ do: fc.constant('go away' as const), index, unseen: fc.nat({ max: 3 }) })
const finish = fc.record({ do: fc.constant('has closed' as const), index })
const finishAll = fc.record({ do: fc.constant('all have closed' as const) })
const time = fc.record({
  do: fc.constantFrom('advance' as const, 'busy' as const),
  ms: fc.constantFrom(1, 4, 7, 11, 25, 70, 600, 4100),
})
const turn = fc.record({ do: fc.constant('turn' as const) })
const reconfigure = fc.record({ do: fc.constant('reconfigure' as const), fields: configs })
const preconnect = fc.record({
  do: fc.constant('preconnect' as const),
  member,
  origin: fc.nat({ max: origins.length - 1 }),
  count: fc.integer({ min: 1, max: 3 }),
})
const members = fc.record({
  do: fc.constantFrom('join' as const, 'close member' as const, 'destroy member' as const),
  index: fc.nat({ max: 2 }),
})

const operations = fc.oneof(
  { weight: 10, arbitrary: request },
  { weight: 9, arbitrary: release },
  { weight: 6, arbitrary: connect },
  { weight: 3, arbitrary: settings },
  { weight: 1, arbitrary: goAway },
  { weight: 5, arbitrary: indexed },
  { weight: 2, arbitrary: preconnect },
  { weight: 3, arbitrary: finish },
  { weight: 2, arbitrary: finishAll },
  { weight: 4, arbitrary: time },
  { weight: 4, arbitrary: turn },
  { weight: 1, arbitrary: reconfigure },
  { weight: 1, arbitrary: members },
)

export type Operation = typeof operations extends fc.Arbitrary<infer T> ? T : never

const closings = fc.constantFrom('when told' as const, 'when told' as const, 'at once' as const, 5)

export interface Scenario {
  config: Partial<ResolvedPoolConfig>
  closing: 'when told' | 'at once' | number
  deadCloseAtOnce: boolean
  keepsLanes: boolean
  /** To which origins HTTP/2 is offered. */
  h2: string[]
  /** Whether callers ask again, from inside the call, when their request fails. */
  asksAgain: boolean
  seed: number
  operations: Operation[]
}

// biome-ignore lint/suspicious/noThenProperty: what a caller does then
const nothingThen = { then: 'nothing' as const }

const asked = (origin: number): Operation => ({ do: 'request', member: 0, origin, lane: 'plain', times: 1, ...nothingThen })

/** A session that idles while its server allows nothing and a request waits for it, and beside it an idle connection: by chance they seldom meet. */
const shut: readonly Operation[] = [
  asked(0),
  { do: 'connect', index: 0, h2: true, settings: 1 },
  { do: 'release', index: 0, nth: 0, reusable: true, hint: undefined },
  { do: 'settings', index: 0, allows: 0 },
  asked(0),
  asked(1),
  { do: 'connect', index: 0, h2: false, settings: undefined },
  { do: 'release', index: 0, nth: 0, reusable: true, hint: undefined },
]

const begun = (scenario: Scenario): Scenario => ({
  ...scenario,
  h2: [...new Set([...scenario.h2, origins[0]])],
  operations: [...shut, ...scenario.operations],
})

export const scenarios = (maxLength: number): fc.Arbitrary<Scenario> =>
  fc.oneof({ weight: 9, arbitrary: fromNothing(maxLength) }, { weight: 1, arbitrary: fromNothing(maxLength).map(begun) })

const fromNothing = (maxLength: number): fc.Arbitrary<Scenario> =>
  fc.record({
    config: configs,
    closing: closings,
    deadCloseAtOnce: fc.boolean(),
    keepsLanes: fc.boolean(),
    h2: fc.oneof(
      { weight: 2, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.constant<string[]>([...origins]) },
      { weight: 1, arbitrary: fc.subarray<string>([...origins]) },
    ),
    asksAgain: fc.boolean(),
    seed: fc.nat({ max: 1000 }),
    operations: fc.array(operations, { maxLength, size: 'max' }),
  })
