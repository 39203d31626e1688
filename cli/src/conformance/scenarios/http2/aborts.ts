import { Readable } from 'node:stream'
import { check, equal, failedByItself, same, succeeded } from '../../expect.ts'
import { HeldLookup } from '../../lookups.ts'
import type { Scenario } from '../../scenario.ts'
import { leave } from '../leaving.ts'
import { acquainted, beside, bothWays, byAlpn, pending } from './shared.ts'

/** Requests that are given up by their callers, at every moment: their streams end alone. */
export const aborts: readonly Scenario[] = [
  {
    ...bothWays,
    id: 'http2/abort-connecting',
    title: 'a request aborted while its connection is made settles at once, and who waits for the same connection is served',
    covers: ['http2', 'rule-3', 'rule-4'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 4 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const lookup = new HeldLookup()
      const pool = context.pool(context.config, { lookup: lookup.lookup })
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1', 'a.probe.test'), { signal: abort.signal })
      await context.eventually(() => lookup.waiting, 1, 'connects under way')
      const beside = [1, 2].map((n) => context.outcome(pool, origin.url(`n=${n}`, 'a.probe.test')))
      await context.eventually(() => pool.stats().pending >= 2, true, 'two wait for it')
      await leave(context, abort, left)
      const released = setInterval(() => lookup.release(), 10)
      try {
        for (const outcome of await Promise.all(beside)) succeeded(outcome, 'a request beside it')
      } finally {
        clearInterval(released)
      }
      same((await context.seen()).sort(), ['/?n=1', '/?n=2'], 'requests the server saw')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    ...byAlpn,
    id: 'http2/abort-waiting',
    title: 'a request aborted while it waits for a stream is never sent, and who waits behind it goes on',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2 },
    async run(context) {
      const { origin, pool } = await acquainted(context)
      const held = context.sendMany(pool, 2, origin.url('hold=all'))
      await context.arrived(origin, 2)
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1'), { signal: abort.signal })
      await pending(context, pool, 1)
      const behind = context.send(pool, origin.url('behind=1'))
      await pending(context, pool, 2)
      await leave(context, abort, left)
      equal(pool.stats().aborted, 1, 'stats().aborted')
      await context.probe.release('all')
      await Promise.all([...(await held), behind])
      const seen = await context.seen()
      same([seen.length, seen.includes('/?left=1')], [4, false], 'requests the server saw, and the aborted one')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...bothWays,
    id: 'http2/abort-unanswered',
    title: 'a request aborted before its answer ends its stream alone, and its slot is free',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3', 'rule-4'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 2, acquireTimeout: 20_000 },
    async run(context) {
      await beside(context, async (origin, pool) => {
        for (let round = 0; round < 3; round++) {
          const abort = new AbortController()
          const left = context.outcome(pool, origin.url('hold=never&left=1'), { signal: abort.signal })
          await context.arrived(origin, 2)
          const behind = context.outcome(pool, origin.url('behind=1'))
          await pending(context, pool, 1)
          await leave(context, abort, left)
          succeeded(await behind, 'the request behind it')
          await context.arrived(origin, 1)
        }
      })
      const left = (await context.connections()).flatMap(({ requests }) => requests.filter(({ url }) => url.includes('left=1')))
      for (const { endedAt } of left) check(endedAt !== null, 'the stream of an aborted request has ended')
    },
  },
  {
    ...byAlpn,
    id: 'http2/abort-receiving',
    title: 'so does one aborted in the middle of its body, and one whose body is given up',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3', 'rule-4'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, acquireTimeout: 20_000 },
    async run(context) {
      await beside(context, async (origin, pool) => {
        const abort = new AbortController()
        let started = false
        const left = context.outcome(pool, origin.url('size=100000&holdBody=never'), {
          signal: abort.signal,
          onResponse: () => {
            started = true
          },
        })
        await context.eventually(() => started, true, 'the answer has begun')
        await leave(context, abort, left)
        await context.arrived(origin, 1)
        succeeded(await context.outcome(pool, origin.url()), 'the next request')
        const answer = await context.send(pool, origin.url('size=100000&holdBody=never'), { readBody: 'none' })
        answer.cancel()
        await context.arrived(origin, 1)
        succeeded(await context.outcome(pool, origin.url()), 'the next request')
      })
    },
  },
  {
    ...byAlpn,
    id: 'http2/abort-sending',
    title: 'so does one aborted while its body is sent, and one whose body breaks',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3', 'rule-4'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, acquireTimeout: 20_000 },
    async run(context) {
      await beside(context, async (origin, pool) => {
        const begun = () => {
          const body = new Readable({ read() {} })
          body.push('begun')
          return body
        }
        const abort = new AbortController()
        const left = context.outcome(pool, origin.url('left=1'), { method: 'POST', body: begun, signal: abort.signal })
        await context.arrived(origin, 2)
        await leave(context, abort, left)
        await context.arrived(origin, 1)
        const breaking = async function* () {
          yield Buffer.from('x')
          throw new Error('the body breaks')
        }
        failedByItself(
          await context.outcome(pool, origin.url(), { method: 'POST', body: () => Readable.from(breaking()) }),
          'the broken one',
        )
        await context.arrived(origin, 1)
        succeeded(await context.outcome(pool, origin.url()), 'the next request')
      })
    },
  },
]
