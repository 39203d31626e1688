import { equal, failedWith, same, succeeded } from '../expect.ts'
import { loopback } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

/** `hosts`: overrides by host. */
export const hosts: readonly Scenario[] = [
  {
    id: 'hosts/keys',
    title: 'overrides by name, by suffix, by port and by scheme: the most specific wins',
    covers: ['hosts', 'maxConnectionsPerHost'],
    config: { hosts: {}, maxConnectionsPerHost: 5 },
    async run(context) {
      const origin = await context.origin()
      const { scheme, port } = origin
      const pool = context.pool(
        {
          maxConnectionsPerHost: 5,
          hosts: {
            '*.test': { maxConnectionsPerHost: 4 },
            'b.test': { maxConnectionsPerHost: 3 },
            [`c.test:${port}`]: { maxConnectionsPerHost: 2 },
            'c.test': { maxConnectionsPerHost: 5 },
            [`${scheme}://d.test:${port}`]: { maxConnectionsPerHost: 1 },
            [`d.test:${port}`]: { maxConnectionsPerHost: 5 },
          },
        },
        { lookup: loopback },
      )
      const names = ['127.0.0.1', 'a.test', 'b.test', 'c.test', 'd.test']
      const peaks: number[] = []
      for (const name of names) {
        const hold = `hold=${name}`
        const held = context.sendMany(pool, 6, origin.url(hold, name))
        const open = () => pool.stats().hosts[`${scheme}://${name}:${port}`]?.open ?? 0
        await context.eventually(() => pool.stats().pending + open(), 6, `open and waiting for ${name}`)
        peaks.push(open())
        await context.probe.release(name)
        await held
      }
      same(peaks, [5, 4, 3, 2, 1], `connections to ${names.join(', ')}`)
    },
  },
  {
    id: 'hosts/spellings',
    title: 'a host is one host however it is spelled: in capitals, or with a dot at its end',
    covers: ['hosts', 'maxConnectionsPerHost'],
    config: { hosts: {}, maxConnectionsPerHost: 5 },
    async run(context) {
      const origin = await context.origin()
      const key = `${origin.scheme}://a.test:${origin.port}`
      const pool = context.pool(
        { maxConnectionsPerHost: 5, hosts: { 'a.test': { maxConnectionsPerHost: 2 } } },
        { lookup: loopback },
      )
      const held = ['a.test.', 'a.test', 'A.TEST', 'A.test.'].map((name) => context.send(pool, origin.url('hold=spelled', name)))
      await context.eventually(() => pool.stats().pending, 2, 'requests that wait')
      same(
        Object.entries(pool.stats().hosts).map(([host, { open }]) => [host, open]),
        [[key, 2]],
        'open connections by host',
      )
      await context.probe.release('spelled')
      await Promise.all(held)
      equal(context.sockets.peak, 2, 'most connections at one time')
    },
  },
  {
    id: 'hosts/waiting',
    title: 'acquireTimeout by host',
    covers: ['hosts', 'acquireTimeout'],
    config: { hosts: {}, acquireTimeout: '20s' },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool({
        acquireTimeout: '20s',
        maxConnections: 1,
        hosts: { [`127.0.0.1:${origin.port}`]: { acquireTimeout: 80 } },
      })
      const held = context.send(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const outcome = await context.outcome(pool, origin.url())
      failedWith(outcome, 'ERR_POOL_ACQUIRE_TIMEOUT', 'the waiting request')
      context.took(outcome.ms, 80, 130, 'waiting')
      await context.probe.release('first')
      await held
    },
  },
  {
    id: 'hosts/connecting',
    title: 'connectTimeout by host',
    covers: ['hosts', 'connectTimeout'],
    config: { hosts: {}, connectTimeout: '20s' },
    schemes: ['https'],
    async run(context) {
      const [stalled, origin] = [await context.origin({ mode: 'stall' }), await context.origin()]
      const pool = context.pool({ connectTimeout: '20s', hosts: { [`127.0.0.1:${stalled.port}`]: { connectTimeout: 80 } } })
      const outcome = await context.outcome(pool, stalled.url())
      failedWith(outcome, 'ERR_POOL_CONNECT_TIMEOUT', 'the request to the host with an override')
      context.took(outcome.ms, 80, 130, 'connecting')
      succeeded(await context.outcome(pool, origin.url()), 'a request to another host')
    },
  },
  {
    id: 'hosts/keeping',
    title: 'keepAlive, keepAliveExpiry, maxLifetime, maxRequestsPerConnection and idle limits by host',
    covers: ['hosts', 'keepAlive', 'keepAliveExpiry', 'maxRequestsPerConnection', 'maxIdleConnectionsPerHost'],
    config: {
      hosts: {},
      keepAlive: true,
      keepAliveExpiry: '1m',
      maxRequestsPerConnection: 'unlimited',
      maxIdleConnectionsPerHost: 4,
    },
    async run(context) {
      const [none, brief, few, single, usual] = await Promise.all([1, 2, 3, 4, 5].map(() => context.origin()))
      if (!none || !brief || !few || !single || !usual) return
      const pool = context.pool({
        ...context.config,
        hosts: {
          [`127.0.0.1:${none.port}`]: { keepAlive: false },
          [`127.0.0.1:${brief.port}`]: { keepAliveExpiry: 100 },
          [`127.0.0.1:${few.port}`]: { maxRequestsPerConnection: 2 },
          [`127.0.0.1:${single.port}`]: { maxIdleConnectionsPerHost: 1 },
        },
      })
      for (const origin of [none, brief, few, usual]) for (let sent = 0; sent < 4; sent++) await context.send(pool, origin.url())
      await context.warm(pool, single, 3)
      same(await context.requestsPerConnection(none), [1, 1, 1, 1], 'requests per connection with keepAlive false')
      same(await context.requestsPerConnection(few), [2, 2], 'requests per connection with maxRequestsPerConnection 2')
      same(await context.requestsPerConnection(usual), [4], 'requests per connection without an override')
      await context.eventually(() => context.sockets.totals(single.port).open, 1, 'sockets with maxIdleConnectionsPerHost 1')
      await context.eventually(() => context.sockets.totals(brief.port).open, 0, 'sockets with keepAliveExpiry 100', 200)
      equal(context.sockets.totals(usual.port).open, 1, 'sockets without an override')
    },
  },
]
