import { atMost, equal, same, succeeded } from '../expect.ts'
import { probeCertificate } from '../probe/certificates.ts'
import type { Scenario } from '../scenario.ts'

/** Traps that belong to no rule. */
export const traps: readonly Scenario[] = [
  {
    id: 'trap/no-pipelining',
    title: 'a connection carries one request at a time',
    covers: ['rule-6', 'trap:pipelining'],
    config: { maxConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.sendMany(pool, 12, origin.url('delay=5'))
      for (const { requests } of await context.connections()) {
        for (const [at, { answeredAt }] of requests.slice(0, -1).entries()) {
          const next = requests[at + 1]
          // The next can't arrive before its predecessor was answered; the callback of the answer may run late.
          const early = context.loopTime({ from: next?.at ?? 0, to: answeredAt ?? Number.POSITIVE_INFINITY })
          atMost(early, 5, 'ms by which a request came before the answer to the last')
        }
      }
    },
  },
  {
    id: 'trap/http2-not-by-default',
    title: 'a server that offers HTTP/2 gets HTTP/1.1, so that connections count',
    covers: ['rule-6', 'trap:undici8-http2-by-default'],
    config: { maxConnections: 3 },
    async run(context) {
      const origin = await context.origin({ scheme: 'https', http2: true })
      const pool = context.pool()
      const held = context.sendMany(pool, 3, origin.url('hold=all'))
      await context.arrived(origin, 3)
      equal(context.sockets.open, 3, 'client sockets')
      await context.probe.release('all')
      await held
      const versions = (await context.connections()).flatMap(({ requests }) => requests.map(({ httpVersion }) => httpVersion))
      same(versions, ['1.1', '1.1', '1.1'], 'HTTP versions')
    },
  },
  {
    id: 'trap/got-http2',
    title: 'http2: true does not get around the limits',
    covers: ['rule-1', 'maxConnections', 'trap:got-http2-injects-socket'],
    config: { maxConnections: 2 },
    only: ['got'],
    async run(context) {
      const origin = await context.origin({ scheme: 'https' })
      const pool = context.pool()
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => context.outcome(pool, origin.url('delay=5'), { http2With: probeCertificate })),
      )
      for (const outcome of outcomes) succeeded(outcome, 'a request with http2: true')
      const connections = await context.connections()
      const idle = connections.filter(({ requests }) => requests.length === 0)
      // got 14 and 15 ask each host once which protocol it speaks, by a connection of their own that no agent sees.
      atMost(idle.length, 1, 'connections without a request')
      context.foreignSockets = idle.length
      equal(connections.length - idle.length, 2, 'connections with requests')
      atMost(context.sockets.peak, 2 + idle.length, 'most client sockets at one time')
      const { created, reused } = pool.stats()
      equal(created + reused, 8, 'stats().created + stats().reused')
    },
  },
  {
    id: 'trap/unsolicited-answer',
    title: 'what a server sends unasked on an idle connection is no answer to the next request',
    covers: ['rule-5', 'trap:node20-keeps-poisoned-socket'],
    config: { maxConnections: 1, retryStale: false },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.outcome(pool, origin.url('extra=1'))
      await context.sleep(20)
      const outcome = await context.outcome(pool, origin.url('size=4'))
      equal(succeeded(outcome, 'the next request').body, 'okok', 'its body')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'trap/chunked-hand-over',
    title: 'a chunked body is whole when its connection goes straight on to a waiting request',
    covers: ['rule-4', 'trap:node-fetch2-premature-close'],
    config: { maxConnections: 1 },
    needs: ['chunked-hand-over'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const answers = await context.sendMany(pool, 8, origin.url('chunks=3&size=3000'))
      for (const { body } of answers) equal(body.length, 3000, 'bytes of body')
      same(await context.requestsPerConnection(), [8], 'requests per connection')
    },
  },
  {
    id: 'trap/many-origins',
    title: 'hundreds of origins under a small total: all are served, none is refused',
    covers: ['rule-1', 'rule-2', 'maxConnections', 'trap:undici-max-origins-throws'],
    config: { maxConnections: 8 },
    async run(context) {
      const origins = await Promise.all(Array.from({ length: 100 }, () => context.origin()))
      const pool = context.pool()
      const outcomes = await Promise.all(origins.map((origin) => context.outcome(pool, origin.url())))
      for (const outcome of outcomes) succeeded(outcome, 'a request to one of a hundred origins')
      equal(context.sockets.peak, 8, 'most client sockets at one time')
      equal(context.sockets.opened, 100, 'sockets opened')
    },
  },
]
