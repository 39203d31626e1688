import { equal, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** Clients that follow redirects send each hop through the pool. */
export const redirects: readonly Scenario[] = [
  {
    id: 'redirect/same-host',
    title: 'redirects within a host stay under its limit, and none waits for itself',
    covers: ['maxConnections', 'rule-1', 'rule-4', 'trap:redirect-holds-old-response'],
    config: { maxConnections: 1, acquireTimeout: 1000 },
    needs: ['redirect'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const hops = (left: number): string => (left === 0 ? 'end=1' : `redirect=${encodeURIComponent(`/?${hops(left - 1)}`)}`)
      equal(succeeded(await context.outcome(pool, origin.url(hops(3))), 'a request with three redirects').status, 200, 'status')
      equal((await context.seen()).length, 4, 'requests the server saw')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
    },
  },
  {
    id: 'redirect/interim',
    title: 'an informational answer before a redirect, with and without a body, keeps nothing',
    covers: ['maxConnections', 'rule-4', 'trap:informational-answer-pauses'],
    config: { maxConnections: 1, acquireTimeout: 5000 },
    needs: ['redirect'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      for (const size of [0, 1000]) {
        for (const followed of [true, false]) {
          const url = origin.url(`interim=1&size=${size}&redirect=${encodeURIComponent('/?interim=1')}`)
          const answer = succeeded(
            await context.outcome(pool, url, followed ? {} : { maxRedirects: 0 }),
            `a redirect of ${size} bytes`,
          )
          equal(answer.status, followed ? 200 : 302, 'status')
        }
      }
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
    },
  },
  {
    id: 'redirect/other-scheme',
    title: 'a redirect from http to https and back stays in the pool, under one total',
    covers: ['maxConnections', 'rule-1', 'trap:one-agent-for-both-schemes'],
    config: { maxConnections: 1, acquireTimeout: 1000 },
    needs: ['redirect'],
    async run(context) {
      const [plain, secure] = [await context.origin({ scheme: 'http' }), await context.origin({ scheme: 'https' })]
      const pool = context.pool()
      const back = secure.url(`redirect=${encodeURIComponent(plain.url('end=1'))}`)
      const answer = succeeded(
        await context.outcome(pool, plain.url(`redirect=${encodeURIComponent(back)}`)),
        'a request redirected to https and back',
      )
      equal(answer.status, 200, 'status')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      const { created, reused } = pool.stats()
      equal(created + reused, 3, 'stats().created + stats().reused')
    },
  },
  {
    id: 'redirect/not-followed',
    title: 'with redirects switched off, too, requests go through the pool and its limits',
    covers: ['maxConnections', 'trap:axios-max-redirects-0-uses-another-transport'],
    config: { maxConnections: 2 },
    needs: ['redirect'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answers = await context.sendMany(pool, 8, origin.url('redirect=/?end=1'), { maxRedirects: 0 })
      for (const { status } of answers) equal(status, 302, 'status')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
      equal((await context.seen()).length, 8, 'requests the server saw')
    },
  },
  {
    id: 'redirect/many',
    title: 'many redirected requests at once, more than there are connections, all arrive',
    covers: ['maxConnections', 'rule-2', 'rule-4'],
    config: { maxConnections: 2, acquireTimeout: 5000 },
    needs: ['redirect'],
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const url = a.url(`redirect=${encodeURIComponent(b.url('end=1'))}`)
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => context.outcome(pool, url)))
      for (const outcome of outcomes) succeeded(outcome, 'a redirected request')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
]
