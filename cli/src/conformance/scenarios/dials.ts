import net, { type Socket } from 'node:net'
import type { OwnDial } from '../clients/types.ts'
import { atMost, check, equal, failedWith, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

const connect = (port: number) => net.connect({ port, host: '127.0.0.1' }).on('error', () => {})

/** As it should be. */
const honest: OwnDial = ({ port }, callback) => {
  const socket = connect(port)
  socket.once('connect', () => callback(null, socket))
  return undefined
}

/** A dial whose ways can change from one request to the next. */
function changing(first: OwnDial): { dial: OwnDial; now: OwnDial } {
  const way = { now: first, dial: ((to, callback) => way.now(to, callback)) as OwnDial }
  return way
}

/** Far above what any of them takes. */
const hangs = 15_000

/** What a dial may do besides what it should. */
const nonsense: readonly { readonly name: string; readonly dial: OwnDial }[] = [
  { name: 'calls back with neither', dial: (_, callback) => void setImmediate(callback as () => void) },
  { name: 'calls back with what is no socket', dial: (_, callback) => void setImmediate(callback, null, 'socket' as never) },
  {
    name: 'calls back with a destroyed socket',
    dial: ({ port }, callback) => void setImmediate(callback, null, connect(port).destroy()),
  },
  {
    name: 'calls back with two sockets',
    dial: ({ port }, callback) => {
      const sockets = [connect(port), connect(port)]
      sockets[1]?.once('connect', () => {
        for (const socket of sockets) callback(null, socket)
      })
    },
  },
  {
    name: 'calls back with an error and then with a socket',
    dial: ({ port }, callback) => {
      const socket = connect(port)
      socket.once('connect', () => {
        callback(new Error('no way'))
        callback(null, socket)
      })
    },
  },
  {
    name: 'throws',
    dial: () => {
      throw new Error('thrown')
    },
  },
  {
    name: 'throws after it has called back',
    dial: (_, callback) => {
      callback(new Error('told'))
      throw new Error('thrown')
    },
  },
  { name: 'returns a promise that is rejected', dial: () => Promise.reject(new Error('rejected')) },
]

/** A dial of the caller's own: rules 1, 4 and 7. */
export const dials: readonly Scenario[] = [
  {
    id: 'dial/late',
    title: 'a socket that is dialled at once and given long after connectTimeout keeps its place until it has closed',
    covers: ['rule-1', 'rule-7', 'connectTimeout', 'ERR_POOL_CONNECT_TIMEOUT'],
    config: { maxConnections: 2, connectTimeout: 150, acquireTimeout: 'unlimited' },
    async run(context) {
      const origin = await context.origin()
      const gives: (() => void)[] = []
      const dial: OwnDial = ({ port }, callback) => {
        const socket = connect(port)
        gives.push(() => callback(null, socket))
      }
      const pool = context.pool(context.config, { dial })
      const outcomes = Array.from({ length: 8 }, () => context.outcome(pool, origin.url()))
      let failed = 0
      for (const outcome of outcomes) {
        void outcome.then(() => failed++)
      }
      for (let given = 0; given < 8; given += 2) {
        await context.eventually(() => failed, given + 2, 'requests that have failed', hangs)
        equal(gives.length, given + 2, 'dials')
        equal(pool.stats().open, 2, 'stats().open')
        for (const give of gives.slice(given)) give()
        if (given < 6) await context.eventually(() => gives.length, given + 4, 'dials', hangs)
      }
      for (const outcome of outcomes) failedWith(await outcome, 'ERR_POOL_CONNECT_TIMEOUT', 'each request')
      equal(context.sockets.peak, 2, 'most client sockets at one time')
      await context.eventually(() => context.sockets.open, 0, 'client sockets')
      await context.eventually(() => pool.stats().open, 0, 'stats().open')
    },
  },
  {
    id: 'dial/silent',
    title:
      'a dial that is silent gives its place back at connectTimeout; a socket that comes after all is counted until it has closed',
    covers: ['rule-4', 'rule-7', 'connectTimeout', 'ERR_POOL_CONNECT_TIMEOUT'],
    config: { maxConnections: 1, connectTimeout: 150, acquireTimeout: 'unlimited' },
    async run(context) {
      const origin = await context.origin()
      const late: ((socket: Socket) => void)[] = []
      const way = changing((_, callback) => void late.push((socket) => callback(null, socket)))
      const pool = context.pool(context.config, { dial: way.dial })
      failedWith(await context.outcome(pool, origin.url()), 'ERR_POOL_CONNECT_TIMEOUT', 'the request')
      await context.eventually(() => pool.stats().open, 0, 'stats().open', hangs)
      const socket = connect(origin.port)
      for (const give of late) give(socket)
      check(socket.destroyed, 'the late socket is destroyed')
      equal(pool.stats().open, 1, 'stats().open with the late socket')
      way.now = honest
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'dial/silent-left',
    title: 'so does one whose request was aborted; and destroy() does not wait for it',
    covers: ['rule-3', 'rule-4', 'rule-7', 'connectTimeout', 'api:destroy'],
    config: { maxConnections: 1, connectTimeout: 400, acquireTimeout: 'unlimited' },
    async run(context) {
      const origin = await context.origin()
      const way = changing(() => {})
      const pool = context.pool(context.config, { dial: way.dial })
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url(), { signal: abort.signal })
      await context.eventually(() => pool.stats().open, 1, 'stats().open')
      abort.abort()
      check((await left).error !== undefined, 'the aborted request fails')
      way.now = honest
      succeeded(await context.outcome(pool, origin.url()), 'the next request')

      way.now = () => {}
      const second = context.pool({ ...context.config, connectTimeout: 'unlimited' }, { dial: way.dial })
      const failed = context.outcome(second, origin.url())
      await context.eventually(() => second.stats().open, 1, 'stats().open')
      await second.destroy()
      failedWith(await failed, 'ERR_POOL_CLOSED', 'the request whose pool was destroyed')
    },
  },
  {
    id: 'dial/nonsense',
    title: 'a dial that gives nonsense gives its place back, whether its request has waited or not',
    covers: ['rule-1', 'rule-4', 'rule-7'],
    config: { maxConnections: 1, connectTimeout: 1000, acquireTimeout: 'unlimited' },
    async run(context) {
      const origin = await context.origin()
      for (const { name, dial } of nonsense) {
        const way = changing(dial)
        const pool = context.pool(context.config, { dial: way.dial })
        await context.outcome(pool, origin.url())
        way.now = honest
        succeeded(await context.outcome(pool, origin.url()), `the request after a dial that ${name}`)
        const held = context.outcome(pool, origin.url(`hold=${encodeURIComponent(name)}`), { headers: { connection: 'close' } })
        await context.arrived(origin, 1)
        way.now = dial
        const waiting = context.outcome(pool, origin.url())
        await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
        await context.probe.release(name)
        await Promise.all([held, waiting])
        way.now = honest
        succeeded(await context.outcome(pool, origin.url()), `the request after one that has waited for a dial that ${name}`)
        atMost(pool.stats().open, 1, 'stats().open')
        await pool.destroy()
        await context.eventually(() => context.sockets.open, 0, `client sockets after a dial that ${name}`)
      }
    },
  },
]
