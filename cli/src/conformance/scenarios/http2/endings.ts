import { Readable } from 'node:stream'
import type { ScenarioRequest } from '../../context.ts'
import { check, equal, failed, failedByItself, same, succeeded } from '../../expect.ts'
import { HeldLookup } from '../../lookups.ts'
import type { Scenario } from '../../scenario.ts'
import { acquainted, bothWays, byAlpn, pending } from './shared.ts'

/** The contract: an abort is heard within this. */
const promptly = 50

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
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const sibling = context.outcome(pool, origin.url('hold=sibling'))
      await context.arrived(origin, 1)
      for (let round = 0; round < 3; round++) {
        failedByItself(await context.outcome(pool, origin.url(`size=1000&${where}=${code}`)), 'the request')
        succeeded(await context.outcome(pool, origin.url()), 'a request afterwards')
      }
      await context.probe.release('sibling')
      succeeded(await sibling, 'the request beside it')
      equal(context.sockets.opened, 1, 'sockets opened')
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
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
      const start = performance.now()
      abort.abort()
      failedByItself(await left, 'the aborted request')
      context.took(performance.now() - start, 0, promptly, 'from abort to rejection')
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
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await acquainted(context, pool, origin)
      const held = context.sendMany(pool, 2, origin.url('hold=all'))
      await context.arrived(origin, 2)
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1'), { signal: abort.signal })
      await pending(context, pool, 1)
      const behind = context.send(pool, origin.url('behind=1'))
      await pending(context, pool, 2)
      const start = performance.now()
      abort.abort()
      failedByItself(await left, 'the aborted request')
      context.took(performance.now() - start, 0, promptly, 'from abort to rejection')
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
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const sibling = context.outcome(pool, origin.url('hold=sibling'))
      await context.arrived(origin, 1)
      for (let round = 0; round < 3; round++) {
        const abort = new AbortController()
        const left = context.outcome(pool, origin.url('hold=never&left=1'), { signal: abort.signal })
        await context.arrived(origin, 2)
        const behind = context.outcome(pool, origin.url('behind=1'))
        await pending(context, pool, 1)
        const start = performance.now()
        abort.abort()
        failedByItself(await left, 'the aborted request')
        context.took(performance.now() - start, 0, promptly, 'from abort to rejection')
        succeeded(await behind, 'the request behind it')
        await context.arrived(origin, 1)
      }
      await context.probe.release('sibling')
      succeeded(await sibling, 'the request beside it')
      const left = (await context.connections()).flatMap(({ requests }) => requests.filter(({ url }) => url.includes('left=1')))
      for (const { endedAt } of left) check(endedAt !== null, 'the stream of an aborted request has ended')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/abort-receiving',
    title: 'so does one aborted in the middle of its body, and one whose body is given up',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3', 'rule-4'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const sibling = context.outcome(pool, origin.url('hold=sibling'))
      await context.arrived(origin, 1)
      const abort = new AbortController()
      let started = false
      const left = context.outcome(pool, origin.url('size=100000&holdBody=never'), {
        signal: abort.signal,
        onResponse: () => {
          started = true
        },
      })
      await context.eventually(() => started, true, 'the answer has begun')
      abort.abort()
      failedByItself(await left, 'the aborted request')
      await context.arrived(origin, 1)
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      const answer = await context.send(pool, origin.url('size=100000&holdBody=never'), { readBody: 'none' })
      answer.cancel()
      await context.arrived(origin, 1)
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      await context.probe.release('sibling')
      succeeded(await sibling, 'the request beside it')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...byAlpn,
    id: 'http2/abort-sending',
    title: 'so does one aborted while its body is sent, and one whose body breaks',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-3', 'rule-4'],
    config: { http2: true, maxConnections: 1, maxStreamsPerConnection: 2, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const sibling = context.outcome(pool, origin.url('hold=sibling'))
      await context.arrived(origin, 1)
      const begun = () => {
        const body = new Readable({ read() {} })
        body.push('begun')
        return body
      }
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('left=1'), { method: 'POST', body: begun, signal: abort.signal })
      await context.arrived(origin, 2)
      abort.abort()
      failedByItself(await left, 'the aborted request')
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
      await context.probe.release('sibling')
      succeeded(await sibling, 'the request beside it')
      equal(context.sockets.opened, 1, 'sockets opened')
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
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      await acquainted(context, pool, origin)
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
  {
    ...bothWays,
    id: 'http2/upload-beside',
    title: 'a large upload that the server does not read holds nobody up beside it',
    covers: ['http2', 'rule-6'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 10 },
    async run(context) {
      const origin = await context.origin({ http2: { window: 16_384 } })
      const pool = context.pool()
      const body = new Uint8Array(4_000_000)
      const upload = context.outcome(pool, origin.url('read=0&hold=upload&upload=1'), { method: 'POST', body })
      await context.arrived(origin, 1)
      for (let sent = 0; sent < 10; sent++) {
        const small = { method: 'POST', body: 'small' }
        succeeded(await context.outcome(pool, origin.url('echo=1'), small), 'a small request beside the upload')
      }
      const [record] = (await context.connections())[0]?.requests ?? []
      check(record?.answeredAt === null, 'the upload is under way still')
      await context.probe.release('upload')
      await upload
      succeeded(await context.outcome(pool, origin.url()), 'a request afterwards')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
  {
    ...bothWays,
    id: 'http2/upload-whole',
    title: 'a large upload under a small window arrives whole',
    covers: ['http2'],
    config: { http2: 'only', maxConnections: 1 },
    async run(context) {
      const origin = await context.origin({ http2: { window: 16_384 } })
      const pool = context.pool()
      const uploads = [1, 2, 3].map(() => context.send(pool, origin.url(), { method: 'PUT', body: new Uint8Array(1_000_000) }))
      await Promise.all(uploads)
      const sizes = (await context.connections()).flatMap(({ requests }) => requests.map(({ bodyBytes }) => bodyBytes))
      same(sizes, [1_000_000, 1_000_000, 1_000_000], 'bytes that arrived')
    },
  },
  {
    ...bothWays,
    id: 'http2/slow-reader',
    title: 'bodies that nobody reads keep their slots, and hold nobody up on the same connection',
    covers: ['http2', 'maxStreamsPerConnection', 'rule-4'],
    config: { http2: 'only', maxConnections: 1, maxStreamsPerConnection: 4, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin({ http2: true })
      const pool = context.pool()
      const large = origin.url('size=8000000')
      const slow = [1, 2, 3].map(() => context.send(pool, large, { readBody: 'none' }))
      const [read, given, last] = await Promise.all(slow)
      for (let sent = 0; sent < 10; sent++) succeeded(await context.outcome(pool, origin.url()), 'a request beside them')
      equal(pool.stats().streams.active, 3, 'stats().streams.active while three bodies are unread')
      equal((await read?.read())?.length, 8_000_000, 'bytes of the body that is read late')
      given?.cancel()
      last?.cancel()
      await context.eventually(() => pool.stats().streams.active, 0, 'stats().streams.active')
      equal(context.sockets.opened, 1, 'sockets opened')
    },
  },
]
