import type { ScenarioContext, ScenarioOrigin } from '../../context.ts'
import { atLeast, atMost, equal, same, succeeded } from '../../expect.ts'
import type { GoawayKind, Http2Options } from '../../probe/types.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, bothWays, byAlpn, pending, streamsOf } from './shared.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** A request by any method, with a body where that is usual and can be sent again. */
function requestOf({ client }: ScenarioContext, n: number) {
  const method = methods[n % methods.length] ?? 'GET'
  const bodiless = method === 'GET' || method === 'DELETE' || !client.driver.abilities.includes('body-as-given')
  return { method, ...(bodiless ? {} : { body: `body ${n}` }) }
}

/** Each request was answered to its caller, and answered once: what the server said that it had not processed does not count. */
async function answeredOnce(context: ScenarioContext, origin: ScenarioOrigin, count: number): Promise<void> {
  const requests = (await context.connections(origin)).flatMap((one) => one.requests)
  const times = new Map<string, number>()
  for (const { url, disowned } of requests) if (!disowned) times.set(url, (times.get(url) ?? 0) + 1)
  equal(times.size, count, 'requests that the server took on')
  for (const [url, sent] of times) equal(sent, 1, `times ${url} was taken on`)
}

/** A server that says GOAWAY again and again, and callers who go on. */
async function underStorm(context: ScenarioContext, options: Http2Options, goaways: number): Promise<void> {
  const origin = await context.origin({ http2: options })
  const pool = context.pool()
  const callers = 10
  const requests = 12
  const call = async (caller: number) => {
    for (let nth = 0; nth < requests; nth++) {
      const n = caller * requests + nth
      succeeded(await context.outcome(pool, origin.url(`delay=4&n=${n}`), requestOf(context, n)), `request ${n}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  const told = (await streamsOf(context)).reduce((sum, one) => sum + one.goaways, 0)
  atLeast(told, goaways, 'sessions that were told to go away')
  await answeredOnce(context, origin, callers * requests)
  atMost(context.sockets.peak, 2, 'most client sockets at one time')
  await context.eventually(() => pool.stats().active, 0, 'stats().active')
  equal(pool.stats().pending, 0, 'stats().pending')
}

const stormConfig = { http2: 'only', maxConnections: 2, maxStreamsPerConnection: 5, retryStale: false } as const

/** GOAWAY: what was taken on is answered, what was not is sent elsewhere, and a cap is a cap meanwhile. */
export const goaways: readonly Scenario[] = [
  {
    ...bothWays,
    id: 'http2/goaway-graceful',
    title: 'after a graceful GOAWAY what runs is answered, and the connection counts until it has closed',
    covers: ['http2', 'maxConnections', 'rule-1', 'api:stats'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 10, retryStale: false },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const held = context.sendMany(pool, 3, origin.url('hold=old'))
      await context.arrived(origin, 3)
      equal(await context.probe.sessions(origin.id, { do: 'goaway', kind: 'graceful' }), 1, 'sessions')
      await context.eventually(() => pool.stats().draining, 1, 'stats().draining')
      const late = [0, 1].map((n) => context.outcome(pool, origin.url(`n=${n}`), { method: 'POST', body: 'x' }))
      await pending(context, pool, 2)
      equal(context.sockets.opened, 1, 'sockets opened while the old connection carries requests')
      await context.probe.release('old')
      for (const { status } of await held) equal(status, 200, 'status of a request that ran')
      for (const outcome of await Promise.all(late)) succeeded(outcome, 'a request that came later')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      same(await context.requestsPerConnection(), [3, 2], 'requests per connection')
      equal(pool.stats().draining, 0, 'stats().draining afterwards')
    },
  },
  {
    ...bothWays,
    id: 'http2/goaway-goes-on',
    title: 'where the limits allow one more, requests go on at once on a new connection',
    covers: ['http2', 'maxConnections', 'rule-1'],
    config: { http2: 'only', maxConnections: 2, maxStreamsPerConnection: 10, retryStale: false },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      for (const kind of ['graceful', 'announced'] as const) {
        const held = context.sendMany(pool, 3, origin.url(`hold=${kind}`))
        await context.arrived(origin, 3)
        await context.probe.sessions(origin.id, { do: 'goaway', kind })
        await context.eventually(() => pool.stats().draining, 1, 'stats().draining')
        succeeded(await context.outcome(pool, origin.url(), { method: 'POST', body: 'x' }), 'a request that came later')
        await context.probe.release(kind)
        for (const { status } of await held) equal(status, 200, 'status of a request that ran')
        await context.eventually(() => context.sockets.open, 1, 'client sockets')
      }
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    ...bothWays,
    id: 'http2/goaway-hard',
    title: 'requests of which a GOAWAY says that they were not processed are sent elsewhere, whatever their method',
    covers: ['http2', 'maxConnections', 'rule-1'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 10, retryStale: false },
    async run(context) {
      const origin = await context.origin({ http2: { tapped: true } })
      const pool = context.pool()
      for (const round of [0, 1]) {
        const outcomes = methods.map((_, at) => {
          const n = round * methods.length + at
          return context.outcome(pool, origin.url(`hold=${round}&n=${n}`), requestOf(context, n))
        })
        await context.arrived(origin, methods.length)
        await context.probe.sessions(origin.id, { do: 'goaway', kind: 'hard' })
        await context.eventually(() => context.sockets.opened, round + 2, 'sockets opened')
        await context.probe.release(String(round))
        for (const [at, outcome] of (await Promise.all(outcomes)).entries()) succeeded(outcome, `the ${methods[at]}`)
      }
      await answeredOnce(context, origin, 2 * methods.length)
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
    },
  },
  {
    ...byAlpn,
    id: 'http2/goaway-unseen',
    title: 'so are those that lay unread when the server said GOAWAY, and those that it had read are answered',
    covers: ['http2', 'maxConnections', 'rule-1'],
    config: { http2: true, maxConnections: 2, maxStreamsPerConnection: 10, retryStale: false },
    ownProcess: true,
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const outcomes = [0, 1].map((n) => context.outcome(pool, origin.url(`hold=seen&n=${n}`), requestOf(context, n)))
      await context.arrived(origin, 2)
      await context.whileFrozen(
        async () => {
          outcomes.push(...methods.map((_, n) => context.outcome(pool, origin.url(`n=${n + 2}`), requestOf(context, n + 2))))
          await context.eventually(() => pool.stats().streams.active, 2 + methods.length, 'stats().streams.active')
          await context.sleep(20)
        },
        { origin: origin.id, command: { do: 'goaway', kind: 'graceful' } },
      )
      const unseen = await Promise.all(outcomes.slice(2))
      for (const [at, outcome] of unseen.entries())
        succeeded(outcome, `the ${requestOf(context, at + 2).method} that it had not read`)
      await context.probe.release('seen')
      for (const outcome of await Promise.all(outcomes.slice(0, 2))) succeeded(outcome, 'a request that it had read')
      await answeredOnce(context, origin, 2 + methods.length)
      same(await context.requestsPerConnection(), [2, methods.length], 'requests per connection')
      atMost(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/goaway-keeps-turn',
    title: 'what comes back waits in its old place, within its old acquireTimeout',
    covers: ['http2', 'acquireTimeout', 'rule-2'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, retryStale: false, acquireTimeout: 20_000 },
    async run(context) {
      const { origin, pool } = await acquainted(context, { tapped: true })
      const outcomes = [0, 1, 2, 3, 4, 5].map((n) => context.outcome(pool, origin.url(`hold=all&n=${n}`), requestOf(context, n)))
      await context.arrived(origin, 2)
      await pending(context, pool, 4)
      await context.probe.sessions(origin.id, { do: 'goaway', kind: 'hard' })
      await context.eventually(() => context.sockets.opened, 2, 'sockets opened')
      await context.arrived(origin, 2)
      const [, second] = await context.connections()
      same(second?.requests.map(({ url }) => url.slice(-3)).sort(), ['n=0', 'n=1'], 'the first requests on the new connection')
      await context.probe.release('all')
      for (const outcome of await Promise.all(outcomes)) succeeded(outcome, 'a request')
    },
  },
  ...(['graceful', 'announced', 'hard'] as const).map(
    (goawayKind: GoawayKind): Scenario => ({
      ...bothWays,
      id: `http2/goaway-every-few-requests-${goawayKind}`,
      title: `a server that says GOAWAY (${goawayKind}) after every few requests: none is lost or sent twice, and the cap holds`,
      covers: ['http2', 'maxConnections', 'rule-1', 'rule-4'],
      config: stormConfig,
      run: (context) => underStorm(context, { goawayAfterRequests: 6, goawayKind, tapped: goawayKind !== 'graceful' }, 10),
    }),
  ),
  ...(['graceful', 'hard'] as const).map(
    (goawayKind: GoawayKind): Scenario => ({
      ...byAlpn,
      id: `http2/goaway-every-few-ms-${goawayKind}`,
      title: `nor does a server that says it (${goawayKind}) every few milliseconds`,
      covers: ['http2', 'maxConnections', 'rule-1', 'rule-4'],
      config: stormConfig,
      run: (context) => underStorm(context, { goawayAfterMs: 15, goawayKind, tapped: goawayKind === 'hard' }, 1),
    }),
  ),
]
