import { equal, same } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** `stats()` tells what is on the wire. */
export const stats: readonly Scenario[] = [
  {
    id: 'stats/through-a-life',
    title: 'open, active, idle and pending are right at every step, in total and per origin',
    covers: ['api:stats'],
    config: { maxConnectionsPerHost: 2 },
    schemes: ['http', 'https'],
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const pool = context.pool()
      const now = () => {
        const { open, active, idle, pending } = pool.stats()
        return [open, active, idle, pending].join(' ')
      }
      const of = (key: string) => {
        const { open, active, idle, pending } = pool.stats().hosts[key] ?? { open: 0, active: 0, idle: 0, pending: 0 }
        return [open, active, idle, pending].join(' ')
      }
      equal(now(), '0 0 0 0', 'before anything')
      const held = context.sendMany(pool, 3, a.url('hold=a'))
      const other = context.send(pool, b.url('hold=b'))
      await Promise.all([context.arrived(a, 2), context.arrived(b, 1)])
      await context.eventually(now, '3 3 0 1', 'open active idle pending, three under way and one waiting')
      equal(of(a.key), '2 2 0 1', 'of the first origin')
      equal(of(b.key), '1 1 0 0', 'of the second origin')
      await context.probe.release('a')
      await held
      await context.eventually(now, '3 1 2 0', 'open active idle pending, when the first origin is done')
      equal(of(a.key), '2 0 2 0', 'of the first origin')
      await context.probe.release('b')
      await other
      await context.eventually(now, '3 0 3 0', 'open active idle pending, when all are done')
      const { created, reused } = pool.stats()
      same({ created, reused }, { created: 3, reused: 1 }, 'stats()')
    },
  },
  {
    id: 'stats/sums',
    title: 'created counts sockets, created and reused together count requests',
    covers: ['api:stats'],
    config: { maxConnections: 3, maxConnectionsPerHost: 2 },
    async run(context) {
      const origins = [await context.origin(), await context.origin(), await context.origin()]
      const pool = context.pool()
      const queries = ['', 'delay=3', 'close=1', 'status=404', 'size=30000']
      await Promise.all(Array.from({ length: 60 }, (_, at) => context.send(pool, origins[at % 3]?.url(queries[at % 5]) ?? '')))
      const { created, reused, open, active, idle } = pool.stats()
      equal(created + reused, 60, 'stats().created + stats().reused')
      equal(created, context.sockets.opened, 'stats().created, and sockets opened')
      equal(created, (await context.probe.report()).opened, 'stats().created, and connections the server saw')
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
      same(open, active + idle, 'stats().open, and active plus idle')
      await context.eventually(() => pool.stats().open, context.sockets.open, 'stats().open')
    },
  },
  {
    id: 'stats/snapshot',
    title: 'stats() is a snapshot: it does not change afterwards, and changing it changes nothing',
    covers: ['api:stats'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const before = pool.stats()
      await context.send(pool, origin.url())
      equal(before.created, 0, 'an earlier snapshot')
      equal(pool.stats().created, 1, 'a later one')
    },
  },
  {
    id: 'stats/forgets-origins',
    title: 'origins without connections and requests do not pile up',
    covers: ['api:stats', 'trap:undici6-never-forgets-origins'],
    config: { keepAlive: false },
    async run(context) {
      const pool = context.pool()
      for (let at = 0; at < 20; at++) await context.send(pool, (await context.origin()).url())
      await context.eventually(() => Object.keys(pool.stats().hosts).length, 0, 'origins in stats()')
    },
  },
]
