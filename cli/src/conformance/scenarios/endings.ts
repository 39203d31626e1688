import type { ScenarioRequest } from '../client-use.ts'
import { check, equal, failedByItself, same, succeeded } from '../expect.ts'
import type { Scenario } from '../scenario.ts'
import { leave } from './leaving.ts'

/** One way a request can end. */
interface Ending {
  readonly name: string
  readonly query: string
  readonly request?: ScenarioRequest
  /** The request must fail, and not by the pool. Null: clients differ, either is right. */
  readonly fails?: boolean | null
  readonly status?: number
  /** The connection must serve the next request, or must not. Null: either. */
  readonly reused: boolean | null
  readonly needs?: Scenario['needs']
}

const endings: readonly Ending[] = [
  // undici closes after a HEAD, against servers that send a body all the same.
  { name: 'head', query: 'size=1000', request: { method: 'HEAD' }, reused: null },
  { name: '204', query: 'status=204', status: 204, reused: true },
  { name: '304', query: 'status=304', status: 304, reused: true },
  { name: '500', query: 'status=500', status: 500, reused: true },
  { name: 'empty', query: 'size=0', reused: true },
  { name: 'chunked', query: 'size=50000&chunks=7', reused: true },
  { name: 'large', query: 'size=1000000', reused: true },
  { name: 'slow-body', query: 'size=100&bodyDelay=30', reused: true },
  { name: 'post', query: 'echo=1', request: { method: 'POST', body: 'x'.repeat(100_000) }, reused: true },
  { name: 'interim', query: 'interim=1', reused: true },
  { name: 'interim-204', query: 'interim=1&status=204', status: 204, reused: true },
  { name: 'interim-304', query: 'interim=1&status=304', status: 304, reused: true },
  { name: 'close', query: 'close=1', reused: false },
  // Without a length the body ends with the connection.
  { name: 'http-1.0', query: 'http10=1', reused: false },
  { name: 'reset-before-headers', query: 'reset=headers', fails: true, reused: false },
  { name: 'reset-in-body', query: 'size=1000&reset=body', fails: true, reused: false },
  { name: 'fin-before-headers', query: 'fin=headers', fails: true, reused: false },
  { name: 'fin-in-body', query: 'size=1000&fin=body', fails: true, reused: false, needs: ['sees-truncation'] },
  { name: 'fin-in-chunks', query: 'size=1000&chunks=4&fin=body', fails: true, reused: false },
  { name: 'garbage', query: 'garbage=1', fails: true, reused: false },
  // The answer comes while the client is still sending: what becomes of request and connection is the client's choice.
  {
    name: 'early-answer',
    query: 'early=1',
    request: { method: 'POST', body: 'x'.repeat(4_000_000) },
    fails: null,
    reused: null,
  },
  {
    name: 'early-answer-close',
    query: 'early=1&close=1',
    request: { method: 'POST', body: 'x'.repeat(4_000_000) },
    fails: null,
    reused: null,
  },
  {
    name: 'expect-continue',
    query: 'echo=1',
    request: { method: 'POST', body: 'x', headers: { expect: '100-continue', 'content-length': '1' } },
    reused: true,
    needs: ['expect'],
  },
  { name: 'cancelled-body', query: 'size=1000000&holdBody=never', request: { readBody: 'cancel' }, reused: false },
]

/** Rule 4: every way a request can end frees its slot exactly once. */
export const endingScenarios: readonly Scenario[] = endings.map((ending) => {
  const { name, query, request = {}, fails = false, status = 200, reused, needs = [] } = ending
  return {
    id: `ending/${name}`,
    title: `a request that ends so (${query}) frees its slot exactly once`,
    covers: ['rule-4', 'rule-1'],
    config: { maxConnections: 1, acquireTimeout: 20_000, retryStale: false },
    needs,
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      // Twice, with a plain request after each: a slot freed twice would show as a second connection, one not freed as a timeout.
      for (let round = 0; round < 2; round++) {
        const outcome = await context.outcome(pool, origin.url(query), request)
        if (fails === true) failedByItself(outcome, 'the request')
        if (fails === false) equal(succeeded(outcome, 'the request').status, status, 'status')
        const next = await Promise.all([context.outcome(pool, origin.url()), context.outcome(pool, origin.url())])
        for (const one of next) succeeded(one, 'a plain request afterwards')
      }
      equal(context.sockets.peak, 1, 'most client sockets at one time')
      equal(pool.stats().pending, 0, 'stats().pending')
      await context.eventually(() => pool.stats().active, 0, 'stats().active')
      if (reused !== null) equal(context.sockets.opened, reused ? 1 : 3, 'sockets opened')
    },
  } satisfies Scenario
})

/** Ways to end that need more than one query. */
export const moreEndings: readonly Scenario[] = [
  {
    id: 'ending/abort-receiving',
    title: 'a request aborted while its body comes frees its slot',
    covers: ['rule-4', 'rule-3'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('size=100000&holdBody=never'), { signal: abort.signal })
      await context.arrived(origin, 1)
      await context.sleep(20)
      abort.abort()
      failedByItself(await left, 'the aborted request')
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'ending/abort-answer-pending',
    title: 'a request aborted before its answer frees its slot',
    covers: ['rule-4', 'rule-3'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const abort = new AbortController()
      const left = context.outcome(pool, origin.url('hold=never'), { signal: abort.signal })
      await context.arrived(origin, 1)
      const behind = context.outcome(pool, origin.url())
      await leave(context, abort, left)
      succeeded(await behind, 'the request behind it')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'ending/abort-sending',
    title: 'a request aborted while it sends its body frees its slot',
    covers: ['rule-4', 'rule-3'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    async run(context) {
      const origin = await context.origin()
      const pool = context.pool()
      const abort = new AbortController()
      // More than the kernel takes for a server that does not read.
      const body = Buffer.alloc(16_000_000)
      const left = context.outcome(pool, origin.url('read=0&hold=never'), { method: 'POST', body, signal: abort.signal })
      await context.arrived(origin, 1)
      abort.abort()
      failedByItself(await left, 'the aborted request')
      succeeded(await context.outcome(pool, origin.url()), 'the next request')
      equal(context.sockets.peak, 1, 'most client sockets at one time')
    },
  },
  {
    id: 'ending/upgrade',
    title: 'an upgraded connection leaves the pool: its slot is free, once, and nothing else uses it',
    covers: ['rule-4', 'rule-1'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    schemes: ['http', 'https'],
    needs: ['upgrade'],
    run: (context) => tunnel(context, 'upgrade'),
  },
  {
    id: 'ending/connect-method',
    title: 'so does a CONNECT tunnel',
    covers: ['rule-4', 'rule-1'],
    config: { maxConnections: 1, acquireTimeout: 20_000 },
    needs: ['connect-method'],
    run: (context) => tunnel(context, 'connect-method'),
  },
]

async function tunnel(context: Parameters<Scenario['run']>[0], kind: 'upgrade' | 'connect-method'): Promise<void> {
  const origin = await context.origin()
  const pool = context.pool()
  check(context.handle.tunnel !== undefined, 'the driver names the ability but has no tunnel()')
  const socket = await context.handle.tunnel(pool, { url: origin.url() }, kind)
  socket.on('error', () => {})
  const said = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))
  socket.write('echo')
  equal(await said, 'echo', 'what the tunnel says')
  equal(pool.stats().active, 0, 'stats().active: the connection is the caller’s now')
  const held = context.sendMany(pool, 2, origin.url('hold=both'))
  await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
  socket.destroy()
  await context.eventually(() => context.sockets.open, 1, 'client sockets after the tunnel closed')
  // Freed a second time by its close, the slot would let the waiting request go.
  await context.sleep(20)
  equal(pool.stats().pending, 1, 'stats().pending')
  await context.probe.release('both')
  await held
  equal(context.sockets.peak, 2, 'most client sockets at one time: the tunnel and one of the pool')
  same(await context.requestsPerConnection(), [1, 2], 'requests per connection')
}
