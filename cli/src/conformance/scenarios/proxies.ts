import { inspect } from 'node:util'
import type { PoolError } from 'polypool'
import type { ScenarioContext } from '../context.ts'
import { atMost, check, equal, poolErrorOf, same, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'
import { caps } from './caps.ts'
import { hosts } from './hosts.ts'
import { idle } from './idle.ts'
import { lifetime } from './lifetime.ts'
import { overflow } from './overflow.ts'
import { notStormed, ready } from './ready.ts'
import { reconfigure } from './reconfigure.ts'
import { shared } from './shared.ts'
import { starvation } from './starvation.ts'
import { throughProxy } from './through.ts'
import { waiting } from './waiting.ts'

/** Groups that are about limits: what holds without a proxy has to hold through one too. */
const groups = [...caps, ...hosts, ...idle, ...lifetime, ...overflow, ...starvation]

/** Scenarios of these groups that have nothing to do with limits and take a process of their own. */
const others = ['idle/serves-on', 'idle/serves-on-after-bodies']

/** Scenarios of other groups that are about limits. */
const more = [
  'ready/lifetime',
  'ready/max-requests',
  'ready/preconnect-within-caps',
  'ready/within-caps',
  'reconfigure/raise',
  'reconfigure/raise-host',
  'reconfigure/lower-idle',
  'reconfigure/lower-active',
  'reconfigure/block',
  'shared/total',
  'shared/per-host',
  'shared/evicts',
  'waiting/max-pending',
  'waiting/max-pending-zero',
]

/** Those that ask how many sockets there are to one of several origins. */
const each = [
  'caps/per-host',
  'hosts/keeping',
  'idle/max-total',
  'idle/max-per-host',
  'idle/max-hosts',
  'overflow/lowered-per-host',
  'overflow/block-false-one',
  'starvation/longest-idle-first',
]

const limits = [
  ...groups.filter(({ id }) => !others.includes(id)),
  ...[...ready, ...reconfigure, ...shared, ...waiting].filter(({ id }) => more.includes(id)),
]

/** What proxies that are spoken to otherwise are tried with. */
const few = ['caps/total', 'caps/both-schemes', 'idle/max-total-burst', 'lifetime/max-requests-hand-over', 'overflow/then-wait']

const repeated: readonly Scenario[] = limits.flatMap((scenario) => {
  const name = scenario.id.replace('/', '-')
  const kinds = few.includes(scenario.id) ? (['https', 'socks5'] as const) : []
  return [
    throughProxy(scenario, `proxy/${name}`, { through: each.includes(scenario.id) ? 'each' : 'one' }),
    ...kinds.map((kind) => throughProxy(scenario, `proxy/${kind}-${name}`, { kind })),
  ]
})

/** What a server does to a connection that waits for its first request gets through a tunnel alone. */
const tunnelled = ready
  .filter(({ id }) => id === 'ready/server-closes')
  .map((scenario) => throughProxy({ ...scenario, schemes: ['https'] }, 'proxy/ready-server-closes'))

/** Clients that make an error of their own of the code and the message, and forget the rest; got does so before it keeps causes. */
const forgetful = ['node-fetch', 'got']

/** Whether the error has to have all that the pool's has. */
function isWhole({ client }: ScenarioContext, { name }: PoolError): boolean {
  return name.startsWith('Pool') || !forgetful.includes(client.driver.name)
}

const credentials = ['hidden', 'me:h', Buffer.from('me:hidden').toString('base64')]

/** Whether they are in anything that is reached from it: by clients that show their options there, agents and sockets as well. */
function tellsCredentials(error: unknown): boolean {
  const shown = inspect(error, { depth: 8, maxArrayLength: null, maxStringLength: null })
  return credentials.some((secret) => shown.includes(secret))
}

/** Limits through proxies. */
export const proxies: readonly Scenario[] = [
  ...repeated,
  ...tunnelled,
  {
    id: 'proxy/limit',
    title: 'maxConnectionsPerProxy holds over all hosts behind a proxy, of both schemes, and is used in full',
    covers: ['proxy', 'maxConnectionsPerProxy', 'rule-1'],
    config: { proxy: 'env', maxConnectionsPerProxy: 3 },
    through: 'one',
    async run(context) {
      const origins = [await context.origin(), await context.origin({ scheme: 'https' }), await context.origin()]
      const pool = context.pool()
      await Promise.all(origins.map((origin) => context.sendMany(pool, 8, origin.url('delay=10'))))
      equal(context.sockets.peak, 3, 'most client sockets at one time')
      const { proxies = {} } = pool.stats()
      equal(Object.keys(proxies).length, 1, 'proxies in stats()')
      for (const { open } of Object.values(proxies)) equal(open, pool.stats().open, 'stats().proxies[…].open')
    },
  },
  {
    id: 'proxy/limit-evicts',
    title: 'at the limit of a proxy an idle connection through it makes room, and one by another way stays',
    covers: ['proxy', 'maxConnectionsPerProxy', 'rule-2'],
    config: { proxy: 'env', maxConnectionsPerProxy: 1 },
    schemes: ['http', 'https'],
    through: 'each',
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const { url: proxy, port } = await context.proxy()
      const pool = context.pool({ ...context.config, hosts: {} })
      pool.reconfigure({ hosts: { ...pool.config.hosts, localhost: { proxy } } })
      await context.send(pool, a.url())
      for (const origin of [a, b]) await context.send(pool, origin.url('', 'localhost'))
      equal(context.sockets.totals(a.port).open, 1, 'sockets to the other proxy')
      same([context.sockets.totals(port).peak, context.sockets.totals(port).opened], [1, 2], 'sockets to the proxy: peak, opened')
      equal(pool.stats().evicted, 1, 'stats().evicted')
    },
  },
  {
    id: 'proxy/limit-waits',
    title: 'who waits for a proxy is told so, and keeps nobody waiting who goes directly',
    covers: ['proxy', 'noProxy', 'maxConnectionsPerProxy', 'ERR_POOL_ACQUIRE_TIMEOUT', 'rule-2'],
    config: { proxy: 'env', noProxy: ['localhost'], maxConnectionsPerProxy: 1, acquireTimeout: 300 },
    async run(context) {
      const [a, b] = [await context.origin(), await context.origin()]
      const { url: proxy, port, id } = await context.proxy()
      const pool = context.pool({ ...context.config, proxy })
      const held = context.send(pool, a.url('hold=a'))
      await context.arrived(a, 1)
      const late = context.outcome(pool, b.url())
      succeeded(await context.outcome(pool, b.url('', 'localhost')), 'a request that goes directly')
      const error = poolErrorOf(await late, 'ERR_POOL_ACQUIRE_TIMEOUT', 'a request that goes through the proxy')
      if (isWhole(context, error)) same([error.limit, error.proxy], [1, proxy], 'limit and proxy of the error')
      const named = `maxConnectionsPerProxy: 1 for the proxy ${proxy},`
      check(error.message.includes(named), `the message names limit and proxy: ${error.message}`)
      await context.probe.release('a')
      await held
      // The proxy's own to the first origin.
      context.foreignSockets = 1
      equal(context.sockets.totals(port).peak, 1, 'sockets to the proxy')
      equal((await context.probe.report()).proxies[id]?.upstream ?? 0, 1, 'connections of the proxy to origins')
    },
  },
  {
    id: 'proxy/refused',
    title: "a proxy's refusal is told as such, never as the origin's answer, and its place is free",
    covers: ['proxy', 'ERR_POOL_PROXY', 'rule-4'],
    config: { proxy: 'env', maxConnections: 1 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const { url: proxy, port } = await context.proxy({ refuseConnect: 403, refuseRequests: 407 })
      const pool = context.pool({ ...context.config, proxy: proxy.replace('//', '//me:hidden@') })
      const outcomes = await Promise.all([1, 2, 3].map(() => context.outcome(pool, origin.url())))
      for (const outcome of outcomes) {
        const error = poolErrorOf(outcome, 'ERR_POOL_PROXY', 'a request that the proxy refuses')
        const status = context.scheme === 'https' ? 403 : 407
        if (isWhole(context, error)) same([error.statusCode, error.proxy], [status, proxy], 'statusCode and proxy of the error')
        const told = error.message.includes(`the proxy ${proxy}: it answered`) && error.message.includes(`with ${status}:`)
        check(told, `the message names proxy and status: ${error.message}`)
        check(!tellsCredentials(outcome.error), 'the error tells no credentials')
      }
      await context.eventually(() => pool.stats().open, 0, 'stats().open')
      same([context.sockets.totals(port).peak, context.sockets.totals(port).opened], [1, 3], 'sockets to the proxy: peak, opened')
      atMost((await context.connections(origin)).length, 0, 'connections that the origin accepted')
    },
  },
  {
    id: 'proxy/ready-no-storm',
    title: 'a proxy that refuses what is kept ready through it is not stormed',
    covers: ['proxy', 'minIdleConnectionsPerHost'],
    config: { proxy: 'env', minIdleConnectionsPerHost: 0, hosts: {} },
    schemes: ['https'],
    async run(context) {
      const origin = await context.origin()
      const { id, url, port } = await context.proxy({ refuseConnect: 403 })
      context.pool({ ...context.config, proxy: url, hosts: { [origin.key]: { minIdleConnectionsPerHost: 3 } } })
      await notStormed(context, port, 3)
      const refused = async () => (await context.probe.report()).proxies[id]?.refused === context.sockets.totals(port).opened
      await context.eventually(refused, true, 'the proxy has refused every connect')
    },
  },
]
