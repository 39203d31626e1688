import { equal, failed, succeeded } from '../../expect.ts'
import type { SessionCommand } from '../../probe/types.ts'
import type { Scenario } from '../../scenario.ts'
import { byAlpn, meet, streamsOf } from './shared.ts'

/** What the server says lies unread when the next request is sent: the session is not used. */
const unread = (name: string, command: SessionCommand): Scenario => ({
  ...byAlpn,
  id: `http2/stale-${name}`,
  title: `an idle session whose ${name.toUpperCase()} came while the event loop was busy is not used`,
  covers: ['http2', 'rule-5'],
  config: { http2: true, retryStale: false },
  ownProcess: true,
  async run(context) {
    const origin = await context.origin({ http2: { tapped: true } })
    const pool = context.pool()
    for (const round of [1, 2, 3]) {
      await context.send(pool, origin.url())
      // "Idle for more than some 10 ms" is when the contract asks for the look.
      await context.sleep(20)
      const sign = context.sign()
      await context.probe.sessionsLater(origin.id, command, 20, sign)
      context.blockUntil(sign)
      const posts = [1, 2].map((n) => context.outcome(pool, origin.url(`post=${round}-${n}`), { method: 'POST', body: 'x' }))
      for (const outcome of await Promise.all(posts)) succeeded(outcome, `a POST after it had come, round ${round}`)
      for (const n of [1, 2]) {
        const times = (await context.seen()).filter((url) => url.endsWith(`post=${round}-${n}`)).length
        equal(times, 1, 'times the POST was sent')
      }
    }
  },
})

/** Sessions that have ended, or whose peer is gone, and nobody has heard of it yet. */
export const liveness: readonly Scenario[] = [
  unread('goaway', { do: 'goaway', kind: 'hard' }),
  unread('goaway-fin', { do: 'goaway', kind: 'graceful' }),
  unread('fin', { do: 'end', how: 'fin' }),
  unread('rst', { do: 'end', how: 'rst' }),
  {
    ...byAlpn,
    id: 'http2/dead-peer',
    title: 'a peer that is silent is found by pingInterval: its requests fail, and its place is free',
    covers: ['http2', 'pingInterval', 'rule-4'],
    config: { http2: true, pingInterval: 200, maxConnections: 1, retryStale: false, acquireTimeout: 20_000 },
    async run(context) {
      const [silent, other] = [await context.origin({ http2: { tapped: true } }), await context.origin({ http2: true })]
      const pool = context.pool()
      await meet(context, pool, silent)
      equal(await context.probe.sessions(silent.id, { do: 'silence' }), 1, 'sessions')
      const lost = [1, 2].map(() => context.outcome(pool, silent.url()))
      for (const outcome of await Promise.all(lost)) failed(outcome, 'a request to a peer that is silent')
      succeeded(await context.outcome(pool, other.url()), 'a request to another host')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/ping-spares',
    title: 'pings spare a peer that lives, however long its answer takes, and pingInterval: false asks nobody',
    covers: ['http2', 'pingInterval'],
    config: { http2: true, pingInterval: 50 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      for (const pingInterval of [50, false] as const) {
        const pool = context.pool({ ...context.config, pingInterval })
        const slow = context.outcome(pool, origin.url(`hold=${pingInterval}`))
        await context.arrived(origin, 1)
        await context.sleep(300)
        await context.probe.release(String(pingInterval))
        succeeded(await slow, 'a slow request')
        equal(pool.stats().created, 1, 'stats().created')
        const asked = (await streamsOf(context)).at(-1)?.pings ?? 0
        equal(asked > 0, pingInterval !== false, `pings with pingInterval ${pingInterval}`)
        await pool.destroy()
      }
    },
  },
]
