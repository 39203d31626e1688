import type { ScenarioContext } from '../context.ts'
import { atLeast, equal, same, succeeded } from '../expect.ts'
import type { Period } from '../lag.ts'
import type { Scenario } from '../scenario.ts'

/** The contract: on time within 10 % or 50 ms. */
const late = 50

/** When each connection idled, from its last answer as the probe sent it to the client's close. */
async function idleTimes(context: ScenarioContext): Promise<Period[]> {
  const { probe, sockets } = context
  await context.eventually(() => sockets.open, 0, 'client sockets', 3000)
  await context.eventually(async () => (await probe.report()).open, 0, 'connections at the server')
  const { connections } = await probe.report()
  const closes = sockets.all.map(({ closedAt }) => closedAt ?? 0).sort((a, b) => a - b)
  const ends = connections.map(({ requests }) => requests.at(-1)?.answeredAt ?? 0).sort((a, b) => a - b)
  return closes.map((to, at) => ({ from: ends[at] ?? 0, to }))
}

/** Requests sent one after another share a connection while it is young enough; on a machine that stood still between two of them it is not. */
async function reusedUntilExpired(context: ScenarioContext, requests: number, expiry: number): Promise<void> {
  const connections = await context.connections()
  equal(connections.flatMap((one) => one.requests).length, requests, 'requests the server saw')
  for (const [at, { requests }] of connections.entries()) {
    const next = connections[at + 1]
    const idle = { from: requests.at(-1)?.answeredAt ?? 0, to: next?.openedAt ?? 0 }
    if (next)
      atLeast(idle.to - idle.from, expiry - 3, `ms of idleness for want of which connection ${at + 1} was to be used again`)
  }
}

/** How long an idle connection lives: `keepAliveExpiry` and the server's hints. */
export const expiry: readonly Scenario[] = [
  {
    id: 'expiry/on-time',
    title: 'an idle connection closes after keepAliveExpiry, by a timer',
    covers: ['keepAliveExpiry'],
    config: { keepAliveExpiry: 200 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url())
      for (const span of await idleTimes(context)) context.took(span, 200, 200 + late, 'idle until closed')
      equal(pool.stats().expired, 1, 'stats().expired')
      equal(pool.stats().open, 0, 'stats().open')
    },
  },
  {
    id: 'expiry/each-by-itself',
    title: 'connections that went idle at different times close at different times',
    covers: ['keepAliveExpiry'],
    config: { keepAliveExpiry: 200 },
    async run(context) {
      const origins = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      for (const origin of origins) {
        await context.send(pool, origin.url())
        await context.sleep(60)
      }
      for (const span of await idleTimes(context)) context.took(span, 200, 200 + late, 'idle until closed')
    },
  },
  {
    id: 'expiry/restarts',
    title: 'every use starts the time anew',
    covers: ['keepAliveExpiry'],
    config: { keepAliveExpiry: 300 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      for (let sent = 0; sent < 4; sent++) {
        await context.send(pool, origin.url())
        await context.sleep(120)
      }
      await reusedUntilExpired(context, 4, 300)
      for (const span of await idleTimes(context)) context.took(span, 300, 300 + late, 'idle until closed')
    },
  },
  {
    id: 'expiry/spares-active',
    title: 'the idle timer never hits a request: not a slow one, nor one on a reused or handed-over connection',
    covers: [
      'keepAliveExpiry',
      'trap:agentkeepalive-free-listener',
      'trap:agent-timeout-hits-active',
      'trap:follow-redirects-timeout-listener',
    ],
    config: { keepAliveExpiry: 60, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      // New connection; then handed over to the second, which waited; then reused from idle by the third.
      const slow = [context.outcome(pool, origin.url('delay=130')), context.outcome(pool, origin.url('delay=130&bodyDelay=80'))]
      for (const outcome of await Promise.all(slow)) succeeded(outcome, 'a request longer than keepAliveExpiry')
      succeeded(
        await context.outcome(pool, origin.url('delay=130')),
        'a request longer than keepAliveExpiry, on an idle connection',
      )
      await reusedUntilExpired(context, 3, 60)
    },
  },
  {
    id: 'expiry/hint-lowers',
    title: "a server's Keep-Alive: timeout lowers the expiry, less the margin",
    covers: ['keepAliveHintMargin', 'trap:agent-ignores-hint'],
    config: { keepAliveExpiry: 4000, keepAliveHintMargin: 800 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('hint=timeout%3D1'))
      for (const span of await idleTimes(context)) context.took(span, 200, 200 + late, 'idle until closed')
      equal(pool.stats().expired, 1, 'stats().expired')
    },
  },
  {
    id: 'expiry/hint-second',
    title: 'the hint is found wherever it stands in the header',
    covers: ['keepAliveHintMargin', 'trap:agent-misses-second-parameter'],
    config: { keepAliveExpiry: 4000, keepAliveHintMargin: 800 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('hint=max%3D5,%20timeout%3D1'))
      for (const span of await idleTimes(context)) context.took(span, 200, 200 + late, 'idle until closed')
    },
  },
  {
    id: 'expiry/hint-never-raises',
    title: 'a longer hint does not raise the expiry',
    covers: ['keepAliveExpiry', 'trap:undici-hint-extends', 'trap:agentkeepalive-overwrites-hint'],
    config: { keepAliveExpiry: 200 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('hint=timeout%3D30'))
      for (const span of await idleTimes(context)) context.took(span, 200, 200 + late, 'idle until closed')
    },
  },
  {
    id: 'expiry/hint-within-margin',
    title: 'a hint that leaves nothing after the margin: the connection is not kept',
    covers: ['keepAliveHintMargin'],
    config: { keepAliveHintMargin: 1000 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('hint=timeout%3D1'))
      await context.eventually(() => context.sockets.open, 0, 'client sockets', 200)
      await context.send(pool, origin.url('hint=timeout%3D1'))
      same(await context.requestsPerConnection(), [1, 1], 'requests per connection')
    },
  },
  {
    id: 'expiry/hint-max',
    title: 'Keep-Alive: max is honoured: at 0 the connection takes no more',
    covers: ['keepAliveHintMargin', 'trap:agent-ignores-max'],
    config: { keepAliveHintMargin: 1000, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url('hint=timeout%3D60,%20max%3D1'))
      await context.send(pool, origin.url('hint=timeout%3D60,%20max%3D0'))
      await context.send(pool, origin.url())
      same(await context.requestsPerConnection(), [2, 1], 'requests per connection')
      equal(pool.stats().expired, 1, 'stats().expired')
    },
  },
  {
    id: 'expiry/close-header',
    title: 'Connection: close of the server is obeyed',
    covers: ['keepAlive', 'rule-5'],
    config: { keepAlive: true, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const outcomes = await Promise.all(
        Array.from({ length: 4 }, () => context.outcome(pool, origin.url('close=1'), { method: 'POST', body: 'x' })),
      )
      for (const outcome of outcomes) succeeded(outcome, 'a POST to a server that closes after each answer')
      same(await context.requestsPerConnection(), [1, 1, 1, 1], 'requests per connection')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
]
