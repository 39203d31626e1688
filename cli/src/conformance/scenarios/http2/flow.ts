import { check, equal, same, succeeded } from '../../expect.ts'
import type { Scenario } from '../../scenario.ts'
import { bothWays } from './shared.ts'

/** Large bodies, and slow readers of them: nobody beside them is held up. */
export const flow: readonly Scenario[] = [
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
