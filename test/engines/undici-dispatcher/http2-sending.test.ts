import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { FormData } from 'undici'
import { describe, expect, test } from 'vitest'
import { until } from './harness.ts'
import { scene } from './http2-harness.ts'

/** What the server is told: CANCEL. Without RST_STREAM it would keep the stream. */
const cancelled = 8

/** More than the server takes without reading. */
const large = () => Buffer.alloc(4_000_000)

const endless = () => new Readable({ read() {} })

function begun(): Readable {
  const body = endless()
  body.push('begun')
  return body
}

async function* breaking(pause: number): AsyncGenerator<Buffer> {
  yield Buffer.from('x')
  if (pause > 0) await sleep(pause)
  throw new Error('the body breaks')
}

function form(): unknown {
  const form = new FormData()
  form.append('file', new Blob([large()]))
  return form
}

const bodies: readonly (readonly [name: string, body: () => unknown])[] = [
  ['a stream that has begun', begun],
  ['a stream that has not', endless],
  ['a large stream', () => Readable.from([large(), large()])],
  ['a large buffer', large],
  ['a large string', () => large().toString()],
  ['a Blob', () => new Blob([large()])],
  ['a FormData', form],
  [
    'an iterable',
    () =>
      (async function* () {
        yield 'x'
        await new Promise(() => {})
      })(),
  ],
  ['a ReadableStream', () => new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('x')) })],
]

const endings: readonly (readonly [name: string, query: string, options: object])[] = [
  ['aborted', 'hold=never', {}],
  ['headersTimeout', 'hold=never', { headersTimeout: 100 }],
  ['bodyTimeout', 'size=1000&holdBody=never', { bodyTimeout: 100 }],
]

describe('a request that ends while its body is sent ends its stream, and nothing else', () => {
  test.each(bodies.flatMap(([body, make]) => endings.map(([end, query, options]) => ({ body, make, end, query, options }))))(
    '$body, $end',
    async ({ make, end, query, options }) => {
      const { get, pool, probe, arrived, sockets, connections } = await scene(
        { maxConnections: 1, maxStreamsPerConnection: 2 },
        { server: { window: 65_535 } },
      )
      const other = get('/?hold=other')
      await arrived(1)
      const abort = new AbortController()
      const ended = expect(
        get(`/?read=0&${query}`, { method: 'POST', body: make(), signal: abort.signal, ...options }),
      ).rejects.toThrow()
      await arrived(2)
      if (end === 'aborted') abort.abort()
      await ended
      await expect.poll(async () => (await connections())[0]?.requests[1]?.streamCode).toBe(cancelled)
      expect(await get()).toMatchObject({ status: 200 })
      await probe.release('other')
      expect(await other).toMatchObject({ status: 200 })
      await until(() => pool.stats().idle === 1)
      expect(pool.stats().streams.active).toBe(0)
      expect(sockets.opened).toBe(1)
    },
  )

  test.each([
    ['at once', 0],
    ['later', 30],
  ])('its body breaks %s', async (_, pause) => {
    const { get, arrived, sockets, connections } = await scene({ maxConnections: 1 })
    const broken = [Readable.from(breaking(pause)), breaking(pause)]
    for (const body of broken) await expect(get('/', { method: 'POST', body })).rejects.toThrow('the body breaks')
    await arrived(2)
    const codes = async () => (await connections())[0]?.requests.map(({ streamCode }) => streamCode)
    await expect.poll(codes).toEqual([cancelled, cancelled])
    expect(await get()).toMatchObject({ status: 200 })
    expect(sockets.opened).toBe(1)
  })
})
