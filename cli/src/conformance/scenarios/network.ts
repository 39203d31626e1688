import type { ScenarioContext } from '../context.ts'
import { atLeast, equal, same } from '../expect.ts'
import { CountingLookup, ListLookup } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'
import { type KeepAliveCall, watchTcpKeepAlive } from '../tcp-keep-alive.ts'

/** What was set on the pool's sockets while two requests went over one connection. */
async function keepAliveCalls(context: ScenarioContext): Promise<KeepAliveCall[]> {
  const origin = await context.origin()
  using watch = await watchTcpKeepAlive()
  const pool = context.pool()
  await context.send(pool, origin.url())
  await context.send(pool, origin.url())
  return watch.calls
}

/** Sends one request after another, each on a connection of its own, whose first attempts must go to these addresses. */
async function firstTried(context: ScenarioContext, dns: ListLookup, addresses: readonly string[]): Promise<void> {
  const origin = await context.origin()
  const pool = context.pool(context.config, { lookup: dns.lookup })
  for (const _ of addresses) await context.send(pool, origin.url('', 'a.test'))
  same(
    context.sockets.all.map(({ tried }) => tried[0]),
    addresses,
    'addresses that were tried first',
  )
  equal(dns.count, 1, 'look-ups')
}

/** TCP keep-alive and DNS. */
export const network: readonly Scenario[] = [
  {
    id: 'tcp-keep-alive/delay',
    title: 'tcpKeepAlive is the delay of TCP probes on every socket, and nothing sets another',
    covers: ['tcpKeepAlive', 'trap:keepalivemsecs-misread', 'trap:axios-sets-60s'],
    config: { tcpKeepAlive: '7s' },
    schemes: ['http', 'https'],
    async run(context) {
      const calls = await keepAliveCalls(context)
      atLeast(calls.length, 1, 'TCP keep-alive settings')
      for (const { on, seconds } of calls) same({ on, seconds }, { on: true, seconds: 7 }, 'a TCP keep-alive setting')
    },
    // Where the client has a delay of its own, it may win: that probes are on is what holds.
    async approximated(context) {
      const calls = await keepAliveCalls(context)
      equal(calls.at(-1)?.on, true, 'TCP keep-alive is on in the end')
    },
  },
  {
    id: 'tcp-keep-alive/off',
    title: 'tcpKeepAlive false: no socket sends probes',
    covers: ['tcpKeepAlive'],
    config: { tcpKeepAlive: false },
    async run(context) {
      const calls = await keepAliveCalls(context)
      equal(calls.filter(({ on }) => on).length, 0, 'settings that switch probes on')
    },
    // Where another hand is on the switch, that it can be off is not promised.
    async approximated(context) {
      await keepAliveCalls(context)
    },
  },
  {
    id: 'dns/cached',
    title: 'dnsCacheTtl: a name is looked up once, however many connections it takes',
    covers: ['dnsCacheTtl'],
    config: { dnsCacheTtl: '1m', keepAlive: false },
    async run(context) {
      const origin = await context.origin()
      const dns = new CountingLookup()
      const pool = context.pool(context.config, { lookup: dns.lookup })
      await context.send(pool, origin.url('', 'a.test'))
      const first = dns.count
      atLeast(first, 1, 'look-ups for the first connection')
      for (let sent = 0; sent < 3; sent++) await context.send(pool, origin.url('', 'a.test'))
      equal(dns.count, first, 'look-ups after four connections')
      equal(context.sockets.opened, 4, 'sockets opened')
    },
  },
  {
    id: 'dns/expires',
    title: 'after dnsCacheTtl the name is looked up again',
    covers: ['dnsCacheTtl'],
    config: { dnsCacheTtl: 150, keepAlive: false },
    async run(context) {
      const origin = await context.origin()
      const dns = new CountingLookup()
      const pool = context.pool(context.config, { lookup: dns.lookup })
      await context.send(pool, origin.url('', 'a.test'))
      const first = dns.count
      await context.sleep(250)
      await context.send(pool, origin.url('', 'a.test'))
      atLeast(dns.count, first + 1, 'look-ups after the time has passed')
    },
  },
  {
    id: 'dns/order',
    title: 'dnsCacheTtl keeps the order of families: an IPv6 address that comes first is tried first, for every connection',
    covers: ['dnsCacheTtl'],
    config: { dnsCacheTtl: 'unlimited', keepAlive: false },
    run: (context) => firstTried(context, new ListLookup(['::1', '127.0.0.1']), ['::1', '::1', '::1', '::1']),
  },
  {
    id: 'dns/rotates',
    title: 'dnsCacheTtl sends connections to the addresses of a family in turn, as a resolver does that rotates them',
    covers: ['dnsCacheTtl'],
    config: { dnsCacheTtl: 'unlimited', keepAlive: false },
    async run(context) {
      const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2']
      await firstTried(context, new ListLookup(['127.0.0.1', '127.0.0.2'], true), addresses)
    },
  },
  {
    id: 'dns/not-cached',
    title: 'dnsCacheTtl 0: every connection looks up',
    covers: ['dnsCacheTtl'],
    config: { dnsCacheTtl: 0, keepAlive: false },
    async run(context) {
      const origin = await context.origin()
      const dns = new CountingLookup()
      const pool = context.pool(context.config, { lookup: dns.lookup })
      for (let sent = 0; sent < 3; sent++) await context.send(pool, origin.url('', 'a.test'))
      equal(dns.count, 3, 'look-ups for three connections')
    },
  },
]
