import { Readable } from 'node:stream'
import type { ScenarioRequest } from '../../client-use.ts'
import { equal, failed, failedByItself, same, succeeded } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, beside, bothWays, byAlpn, pending } from './shared.ts'

interface Whole {
  readonly name: string
  readonly query: string
  readonly request?: ScenarioRequest
  readonly status?: number
  readonly bytes: number
}

const wholes: readonly Whole[] = [
  { name: 'head', query: 'size=1000', request: { method: 'HEAD' }, bytes: 0 },
  { name: '204', query: 'status=204', status: 204, bytes: 0 },
  { name: '304', query: 'status=304', status: 304, bytes: 0 },
  { name: '500', query: 'status=500', status: 500, bytes: 2 },
  { name: 'empty', query: 'size=0', bytes: 0 },
  { name: 'large', query: 'size=1000000&chunks=7', bytes: 1_000_000 },
  { name: 'slow-body', query: 'size=100&bodyDelay=30', bytes: 100 },
  { name: 'interim', query: 'interim=1', bytes: 2 },
  { name: 'interim-204', query: 'interim=1&status=204', status: 204, bytes: 0 },
  { name: 'trailers', query: 'trailers=1&size=1000', bytes: 1000 },
  { name: 'post', query: 'echo=1', request: { method: 'POST', body: 'x'.repeat(200_000) }, bytes: 200_000 },
  { name: 'post-empty', query: 'echo=1', request: { method: 'POST', body: '' }, bytes: 0 },
  { name: 'stream', query: 'echo=1', request: { method: 'PUT', body: () => Readable.from(['a', 'bc']) }, bytes: 3 },
  { name: 'delete-body', query: 'echo=1', request: { method: 'DELETE', body: 'abc' }, bytes: 3 },
]

/** Codes of RFC 9113 with which a server may end a stream; a refused one is dealt with by itself. */
const codes = { none: 0, protocol: 1, internal: 2, flow: 3, closed: 5, cancel: 8, calm: 11, security: 12 }

const rsts: readonly Scenario[] = Object.entries(codes).flatMap(([name, code]): Scenario[] =>
  (['rst', 'rstBody'] as const).map((where) => ({
    ...byAlpn,
    id: `http2/reset-${name}${where === 'rst' ? '' : '-in-body'}`,
    title: `a stream that the server resets (code ${code}${where === 'rst' ? '' : ', in the middle of the body'}) fails alone, and its slot is free`,
    covers: ['http2', 'maxStreamsPerConnection', 'rule-4'],
    config: { http2: true, maxStreamsPerConnection: 2, maxConnections: 1, acquireTimeout: 20_000, retryStale: false },
    async run(context) {
      await beside(context, async (origin, pool) => {
        for (let round = 0; round < 3; round++) {
          failedByItself(await context.outcome(pool, origin.url(`size=1000&${where}=${code}`)), 'the request')
          succeeded(await context.outcome(pool, origin.url()), 'a request afterwards')
        }
      })
    },
  })),
)

/** Every way in which a stream can end frees its slot exactly once, and leaves the others alone. */
export const streamEndings: readonly Scenario[] = [
  ...wholes.map(
    ({ name, query, request = {}, status = 200, bytes }): Scenario => ({
      ...bothWays,
      id: `http2/ending-${name}`,
      title: `a request over HTTP/2 that ends so (${query}) is whole, and frees its slot exactly once`,
      covers: ['http2', 'maxStreamsPerConnection', 'rule-4'],
      config: { http2: 'only', maxStreamsPerConnection: 1, maxConnections: 1, acquireTimeout: 20_000, retryStale: false },
      async run(context) {
        const origin = await context.origin({ http2: true })
        const pool = context.pool()
        // The only slot: one freed twice would show as a second stream, one not freed as a timeout.
        for (let round = 0; round < 2; round++) {
          const answer = succeeded(await context.outcome(pool, origin.url(query), request), 'the request')
          same([answer.status, answer.body.length], [status, bytes], 'status and bytes of body')
          const held = context.sendMany(pool, 2, origin.url(`hold=${round}`))
          await context.arrived(origin, 1)
          await pending(context, pool, 1)
          await context.probe.release(String(round))
          await held
        }
        same(await context.requestsPerConnection(), [6], 'requests per connection')
        await context.eventually(() => pool.stats().active, 0, 'stats().active')
      },
    }),
  ),
  ...rsts,
  {
    ...byAlpn,
    id: 'http2/refused-stream',
    title: 'a stream that the server refuses unseen is sent again, whatever its method',
    covers: ['http2', 'rule-4'],
    config: { http2: true, maxConnections: 2, maxStreamsPerConnection: 10, retryStale: false },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      for (const method of ['GET', 'POST']) {
        const body = context.client.driver.abilities.includes('body-as-given') ? { body: 'x' } : {}
        const request = method === 'POST' ? { method, ...body } : {}
        succeeded(await context.outcome(pool, origin.url('rst=7&first=1'), request), `a ${method} that was refused once`)
        for (const one of await context.connections()) equal(one.requests.length > 0, true, 'a connection with requests')
        await context.probe.closeIdle(origin.id)
        await context.eventually(() => context.sockets.open, 0, 'client sockets')
      }
    },
  },
  ...(['fin', 'rst'] as const).map(
    (how): Scenario => ({
      ...bothWays,
      id: `http2/${how}-mid-stream`,
      title: `a server that closes a connection with streams by ${how.toUpperCase()} fails them all, and every slot is free`,
      covers: ['http2', 'rule-1', 'rule-4'],
      config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 5, acquireTimeout: 20_000, retryStale: false },
      async run(context) {
        const origin = await context.origin({ http2: true })
        const pool = context.pool()
        for (let round = 0; round < 2; round++) {
          const held = Array.from({ length: 5 }, () => context.outcome(pool, origin.url('hold=never')))
          await context.arrived(origin, 5)
          await context.probe.sessions(origin.id, { do: 'end', how })
          for (const outcome of await Promise.all(held)) failed(outcome, 'a request whose connection was closed')
          await context.arrived(origin, 0)
        }
        const held = context.sendMany(pool, 6, origin.url('hold=all'))
        await context.arrived(origin, 5)
        await context.probe.release('all')
        await held
        equal(context.sockets.peak, 1, 'most client sockets at one time')
        equal(context.sockets.opened, 3, 'sockets opened')
      },
    }),
  ),
  {
    ...byAlpn,
    id: 'http2/retry-mid-stream',
    title: 'GETs that a used connection loses before any byte of their answers are sent once more, a POST is not',
    covers: ['http2', 'retryStale'],
    config: { http2: true, maxConnections: 1, retryStale: true },
    async run(context) {
      const { origin, pool } = await acquainted(context)
      const gets = Array.from({ length: 4 }, (_, n) => context.outcome(pool, origin.url(`hold=get&n=${n}`)))
      const post = context.outcome(pool, origin.url('hold=get&post=1'), { method: 'POST', body: 'x' })
      await context.arrived(origin, 5)
      await context.probe.sessions(origin.id, { do: 'end', how: 'rst' })
      failed(await post, 'the POST')
      await context.arrived(origin, 4)
      await context.probe.release('get')
      for (const outcome of await Promise.all(gets)) succeeded(outcome, 'a GET')
      equal((await context.seen()).filter((url) => url.endsWith('post=1')).length, 1, 'times the POST was sent')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
]
