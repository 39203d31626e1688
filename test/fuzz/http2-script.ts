import fc from 'fast-check'
import type { GoawayKind, SessionCommand } from '../../cli/src/conformance/probe/types.ts'
import type { PoolConfig } from '../../src/config/types.ts'

/** Behaviours of the server, by whether a request that meets one must be answered. */
const good = ['', 'delay=5', 'delay=25', 'chunks=3&size=300', 'size=200000', 'interim=1', 'trailers=1&size=5', 'rst=7&first=1']
const faulty = ['rst=2', 'rst=8', 'rst=7', 'rst=0', 'rstBody=8&size=9000', 'rstBody=2&size=9000', 'read=0&early=1']

const limits: fc.Arbitrary<PoolConfig> = fc.record(
  {
    maxConnections: fc.constantFrom(1, 2, 3),
    maxConnectionsPerHost: fc.constantFrom('unlimited' as const, 1, 2),
    maxStreamsPerConnection: fc.constantFrom(1, 2, 5, 100),
    maxIdleConnections: fc.constantFrom('unlimited' as const, 1),
    keepAliveExpiry: fc.constantFrom('4s', '30ms'),
    maxLifetime: fc.constantFrom('unlimited' as const, '60ms'),
    maxRequestsPerConnection: fc.constantFrom('unlimited' as const, 1, 4),
    maxOverflow: fc.constantFrom(0, 0, 0, 1),
  },
  { requiredKeys: ['maxConnections', 'maxOverflow', 'maxStreamsPerConnection'] },
)

const request = fc.record({
  do: fc.constant('request' as const),
  origin: fc.nat({ max: 1 }),
  behaviour: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...faulty) }),
  body: fc.constantFrom('none' as const, 'none' as const, 'text' as const, 'stream' as const),
  reading: fc.oneof(
    { weight: 5, arbitrary: fc.constant('all' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'cancel' as const) },
  ),
  /** Milliseconds after which its caller leaves it. */
  left: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(0, 1, 6, 20) }),
  times: fc.constantFrom(1, 1, 3, 8),
})
export type Http2RequestStep = typeof request extends fc.Arbitrary<infer T> ? T : never

/** The one of which all frames are read, so that it can say GOAWAY hard and fall silent; on such a one node:http2 may lose an answer after the other ones. */
export const tapped = 0
const plain = 1

const on = <C extends SessionCommand>(origin: fc.Arbitrary<number>, command: fc.Arbitrary<C>) =>
  fc.record({ do: fc.constant('server' as const), origin, command: command as fc.Arbitrary<SessionCommand> })

const any = fc.nat({ max: 1 })
const settings = fc.record({ do: fc.constant('settings' as const), maxStreams: fc.constantFrom(0, 1, 3, 100) })
const goaway = (kind: GoawayKind) => fc.record({ do: fc.constant('goaway' as const), kind: fc.constant(kind) })
const end = fc.record({ do: fc.constant('end' as const), how: fc.constantFrom('fin' as const, 'rst' as const) })

/**
 * What a server does while it answers one request on a session: that goes on, also after a GOAWAY, while those behind an answer are disowned or refused
 * beside it.
 */
const crossed = fc.record({
  do: fc.constant('crossed' as const),
  behind: fc.constantFrom(1, 3, 6),
  body: fc.constantFrom('none' as const, 'text' as const),
  command: fc.oneof(
    { weight: 3, arbitrary: goaway('hard') },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('settings' as const), maxStreams: fc.constant(1) }) },
  ) as fc.Arbitrary<SessionCommand>,
})
export type CrossedStep = typeof crossed extends fc.Arbitrary<infer T> ? T : never

/** What a server does to all of its sessions. */
const server = fc.oneof(
  { weight: 4, arbitrary: on(any, settings) },
  // Announced, node:http2 may lose a request that lies unread: it neither answers it nor closes.
  { weight: 4, arbitrary: on(fc.constant(plain), goaway('graceful')) },
  { weight: 3, arbitrary: on(fc.constant(tapped), goaway('hard')) },
  { weight: 1, arbitrary: on(any, end) },
  { weight: 1, arbitrary: on(fc.constant(tapped), fc.constant({ do: 'silence' as const })) },
)

const step = fc.oneof(
  { weight: 8, arbitrary: request },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 3, 15, 50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('busy' as const), ms: fc.constantFrom(2, 8, 30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconfigure' as const), limits }) },
  { weight: 4, arbitrary: server },
  { weight: 1, arbitrary: crossed },
)

/** A pool over HTTP/2, and what happens to it. */
export interface Http2Script {
  readonly client: 'undici' | 'fetch'
  readonly limits: PoolConfig
  readonly steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]
  readonly end: 'close' | 'destroy'
}

export const http2Scripts: fc.Arbitrary<Http2Script> = fc.record({
  client: fc.constantFrom('undici' as const, 'undici' as const, 'fetch' as const),
  limits,
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  end: fc.constantFrom('close' as const, 'destroy' as const),
})

/** Whether a request that nobody leaves must be answered, unless its server takes its connection away. */
export function mustSucceed({ behaviour, reading, left }: Http2RequestStep): boolean {
  return (good.includes(behaviour) || behaviour.startsWith('hold=')) && reading === 'all' && left === null
}

/** Whether its server refuses it once, and says so by its own record of it. */
export const isRefusedOnce = ({ behaviour }: Http2RequestStep): boolean => behaviour.startsWith('rst=7')
