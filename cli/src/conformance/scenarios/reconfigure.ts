import { equal, failedWith, succeeded, throwsPoolError } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** `reconfigure` applies to the running pool. */
export const reconfigure: readonly Scenario[] = [
  {
    id: 'reconfigure/raise',
    title: 'a raised limit admits those that wait at once',
    covers: ['api:reconfigure', 'maxConnections'],
    config: { maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 4, origin.url('hold=all'))
      await context.arrived(origin, 1)
      await context.eventually(() => pool.stats().pending, 3, 'stats().pending')
      pool.reconfigure({ maxConnections: 3 })
      await context.arrived(origin, 3)
      equal(pool.config.maxConnections, 3, 'config.maxConnections')
      equal(pool.stats().pending, 1, 'stats().pending')
      await context.probe.release('all')
      await held
      equal(context.sockets.peak, 3, 'most client sockets at one time')
    },
  },
  {
    id: 'reconfigure/raise-host',
    title: 'a raised limit per host does too',
    covers: ['api:reconfigure', 'maxConnectionsPerHost'],
    config: { maxConnectionsPerHost: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 3, origin.url('hold=all'))
      await context.arrived(origin, 1)
      await context.eventually(() => pool.stats().pending, 2, 'stats().pending')
      pool.reconfigure({ maxConnectionsPerHost: 'unlimited' })
      await context.arrived(origin, 3)
      await context.probe.release('all')
      await held
    },
  },
  {
    id: 'reconfigure/lower-idle',
    title: 'a lowered limit closes idle connections that are too many',
    covers: ['api:reconfigure', 'maxConnections', 'maxIdleConnections'],
    config: { maxConnections: 5, maxIdleConnections: 5 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.warm(pool, origin, 5)
      pool.reconfigure({ maxConnections: 3 })
      await context.eventually(() => context.sockets.open, 3, 'client sockets after the total was lowered', 200)
      pool.reconfigure({ maxIdleConnections: 1 })
      await context.eventually(() => context.sockets.open, 1, 'client sockets after the idle limit was lowered', 200)
      equal(pool.stats().evicted, 4, 'stats().evicted')
      equal(pool.config.maxConnections, 3, 'config.maxConnections, not named in the second change')
    },
  },
  {
    id: 'reconfigure/lower-active',
    title: 'a lowered limit cuts nothing that runs, and holds from then on',
    covers: ['api:reconfigure', 'maxConnections'],
    config: { maxConnections: 4 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const held = context.sendMany(pool, 4, origin.url('hold=all'))
      await context.arrived(origin, 4)
      pool.reconfigure({ maxConnections: 2 })
      await context.probe.release('all')
      for (const answer of await held) equal(answer.status, 200, 'status')
      await context.eventually(() => context.sockets.open, 2, 'client sockets afterwards', 200)
      context.sockets.resetPeak()
      await context.sendMany(pool, 10, origin.url())
      equal(context.sockets.peak, 2, 'most client sockets at one time afterwards')
    },
  },
  {
    id: 'reconfigure/invalid',
    title: 'an invalid change throws and changes nothing',
    covers: ['api:reconfigure', 'ERR_POOL_CONFIG'],
    config: { maxConnections: 2 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const before = pool.config
      throwsPoolError('ERR_POOL_CONFIG', 'reconfigure with one good and one bad field', () =>
        pool.reconfigure({ maxConnections: 7, acquireTimeout: 'soon' }),
      )
      equal(pool.config.maxConnections, before.maxConnections, 'config.maxConnections')
      await context.sendMany(pool, 8, origin.url())
      equal(context.sockets.peak, 2, 'most client sockets at one time')
    },
  },
  {
    id: 'reconfigure/expiry',
    title: 'a new expiry also holds for connections that idle already',
    covers: ['api:reconfigure', 'keepAliveExpiry'],
    config: { keepAliveExpiry: '1m' },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      await context.send(pool, origin.url())
      pool.reconfigure({ keepAliveExpiry: 100 })
      await context.eventually(() => context.sockets.open, 0, 'client sockets', 150)
    },
  },
  {
    id: 'reconfigure/block',
    title: 'from waiting to refusing: later requests obey, and those that wait are still served',
    covers: ['api:reconfigure', 'block', 'maxOverflow', 'ERR_POOL_FULL'],
    config: { block: true, maxOverflow: 0, maxConnections: 1 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const first = context.outcome(pool, origin.url('hold=first'))
      await context.arrived(origin, 1)
      const waiting = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      pool.reconfigure({ block: false })
      failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_FULL', 'a request after the change')
      await context.probe.release('first')
      for (const outcome of await Promise.all([first, waiting])) succeeded(outcome, 'a request from before the change')
    },
  },
  {
    id: 'config/frozen',
    title: 'config is resolved and frozen',
    covers: ['api:config'],
    config: { acquireTimeout: '2s' },
    async run(context) {
      const pool = context.pool()
      equal(pool.config.acquireTimeout, 2000, 'config.acquireTimeout')
      equal(pool.config.maxIdleConnections, Number.POSITIVE_INFINITY, 'config.maxIdleConnections')
      equal(Object.isFrozen(pool.config), true, 'config is frozen')
    },
  },
  {
    id: 'config/invalid',
    title: 'createPool refuses an invalid config',
    covers: ['api:config', 'ERR_POOL_CONFIG'],
    async run(context) {
      throwsPoolError('ERR_POOL_CONFIG', 'createPool({ maxConnections: 0 })', () => context.pool({ maxConnections: 0 }))
      const foreign = { maxSockets: 5 } as object
      throwsPoolError('ERR_POOL_CONFIG', 'createPool({ maxSockets: 5 })', () => context.pool(foreign))
    },
  },
]
