import type http from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  blockLoop,
  countSockets,
  errorOf,
  expectEmpty,
  get,
  listen,
  listenRaw,
  type Opened,
  open,
  send,
  sleep,
  stopwatch,
  until,
  variants,
} from './support.ts'

/** The ways in which callers leave a request, and the error that it then ends with. */
const ways: readonly {
  name: string
  signal?: true
  leave: (request: http.ClientRequest, controller: AbortController) => void
  error: object | null
}[] = [
  { name: 'destroy()', leave: (request) => request.destroy(), error: { code: 'ECONNRESET' } },
  { name: 'destroy(error)', leave: (request) => request.destroy(new Error('mine')), error: { message: 'mine' } },
  { name: 'abort()', leave: (request) => request.abort(), error: null },
  { name: 'a signal', signal: true, leave: (_, controller) => controller.abort(), error: { name: 'AbortError' } },
]

interface Left {
  readonly request: http.ClientRequest
  readonly events: string[]
  readonly errors: Error[]
  leave(): void
  closed: Promise<number>
}

function start(opened: Opened, way: (typeof ways)[number], options: http.RequestOptions & { body?: string }): Left {
  const controller = new AbortController()
  const { request } = send(opened, { ...options, ...(way.signal && { signal: controller.signal }) })
  const events: string[] = []
  const errors: Error[] = []
  for (const name of ['socket', 'response', 'abort', 'timeout']) request.on(name, () => events.push(name))
  request.on('error', (error) => errors.push(error))
  let watch = stopwatch()
  const closed = new Promise<number>((resolve) => request.on('close', () => resolve(watch())))
  return {
    request,
    events,
    errors,
    closed,
    leave: () => {
      watch = stopwatch()
      way.leave(request, controller)
    },
  }
}

/** It has ended at once, with one error or none, and by one 'close'. */
async function expectLeft({ errors, closed }: Left, way: (typeof ways)[number]): Promise<void> {
  expect(await closed).toBeLessThan(50)
  await sleep(5)
  if (way.error === null) expect(errors).toEqual([])
  else {
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject(way.error)
  }
}

describe.each(variants)('$name', (variant) => {
  const { scheme } = variant

  describe.each(ways)('left by $name', (way) => {
    it('while it waits: never sent, place free, the rest goes on', async () => {
      const seen: string[] = []
      const { port } = await listen(scheme, (request, response) => {
        seen.push(request.url ?? '')
        setTimeout(() => response.end('ok'), request.url === '/1' ? 60 : 0)
      })
      const opened = open(variant, { maxConnections: 1 })
      const first = get(opened, { port, path: '/1' })
      const left = start(opened, way, { port, path: '/2' })
      const third = get(opened, { port, path: '/3' })
      await sleep(10)
      expect(opened.pool.stats().pending).toBe(2)
      left.leave()
      expect(opened.pool.stats()).toMatchObject({ pending: 1, aborted: 1 })
      await expectLeft(left, way)
      expect(left.events).not.toContain('socket')
      await Promise.all([first, third])
      expect(seen).toEqual(['/1', '/3'])
      await opened.pool.close()
      await expectEmpty(opened)
    })

    it('while its connection is verified', async () => {
      const seen: string[] = []
      const { port } = await listen(scheme, (request, response) => {
        seen.push(request.url ?? '')
        response.end('ok')
      })
      const opened = open(variant, { maxConnections: 1 })
      await get(opened, { port, path: '/1' })
      blockLoop(20)
      const left = start(opened, way, { port, path: '/2' })
      left.leave()
      await expectLeft(left, way)
      expect(await get(opened, { port, path: '/3' })).toMatchObject({ reused: true })
      expect(seen).toEqual(['/1', '/3'])
      expect(opened.pool.stats()).toMatchObject({ created: 1, aborted: 1, open: 1 })
    })

    it('before the tick in which it gets a new socket', async () => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      const counter = countSockets(port)
      const left = start(opened, way, { port })
      left.leave()
      await expectLeft(left, way)
      await expectEmpty(opened)
      expect(counter.open).toBe(0)
      expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    })

    it('before the tick in which it gets a used socket, which stays usable', async () => {
      const { port, accepted } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      await get(opened, { port })
      await get(opened, { port })
      const left = start(opened, way, { port })
      left.leave()
      await expectLeft(left, way)
      expect(await get(opened, { port })).toMatchObject({ reused: true })
      expect(accepted()).toBe(1)
    })

    it('before the tick in which a socket is handed to it: the next one gets that', async () => {
      const { port, accepted } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      const first = send(opened, { port })
      const left = start(opened, way, { port })
      const third = get(opened, { port })
      // The socket is handed over right after this event.
      first.request.on('close', () => process.nextTick(left.leave))
      await first.answer
      await expectLeft(left, way)
      expect(await third).toMatchObject({ reused: true })
      expect(accepted()).toBe(1)
      await opened.pool.close()
      await expectEmpty(opened)
    })

    it('while it connects', async () => {
      const port = scheme === 'https' ? (await listenRaw(() => {})).port : 9
      const opened = open(variant, { maxConnections: 1 })
      const counter = countSockets()
      // 192.0.2.0/24 is not routed; where it is refused instead, there is nothing to leave.
      const left = start(opened, way, { port, host: scheme === 'https' ? '127.0.0.1' : '192.0.2.1' })
      await sleep(10)
      if (left.errors.length > 0) return
      expect(opened.pool.stats()).toMatchObject({ open: 1, active: 1 })
      left.leave()
      // Node itself calls an aborted request with a socket hung up.
      await expectLeft(left, { ...way, error: way.error ?? { code: 'ECONNRESET' } })
      await expectEmpty(opened)
      expect(counter.open).toBe(0)
    })

    it('while it sends', async () => {
      const { port } = await listen(scheme, (request, response) => {
        if (request.method === 'GET') response.end('ok')
      })
      const opened = open(variant, { maxConnections: 1 })
      const left = start(opened, way, { port, method: 'POST', body: 'x'.repeat(8e6) })
      await sleep(30)
      left.leave()
      expect(await left.closed).toBeLessThan(50)
      await expectEmpty(opened)
      expect(await get(opened, { port })).toMatchObject({ body: 'ok', reused: false })
    })

    it('while it waits for the answer, with others waiting behind it', async () => {
      const { port } = await listen(scheme, (request, response) => {
        if (request.url === '/') response.end('ok')
      })
      const opened = open(variant, { maxConnections: 1 })
      const left = start(opened, way, { port, path: '/never' })
      const next = get(opened, { port })
      await sleep(20)
      left.leave()
      expect(await left.closed).toBeLessThan(50)
      expect(await next).toMatchObject({ body: 'ok' })
    })

    it('while it receives', async () => {
      const { port } = await listen(scheme, (request, response) => {
        if (request.url === '/') response.end('ok')
        else response.write('x')
      })
      const opened = open(variant, { maxConnections: 1 })
      const left = start(opened, way, { port, path: '/endless' })
      await until(() => expect(left.events).toContain('response'))
      const next = get(opened, { port })
      left.leave()
      await left.closed
      expect(await next).toMatchObject({ body: 'ok' })
      expect(opened.pool.stats().open).toBe(1)
    })

    it('after it has ended: nothing happens', async () => {
      const { port, accepted } = await listen(scheme)
      const opened = open(variant)
      const left = start(opened, way, { port })
      await left.closed
      left.leave()
      expect(left.errors).toEqual([])
      expect(await get(opened, { port })).toMatchObject({ reused: true })
      expect(accepted()).toBe(1)
    })
  })

  it('does not connect for a signal that was aborted before', async () => {
    const { port } = await listen(scheme)
    const counter = countSockets(port)
    const opened = open(variant, { maxConnections: 1 })
    for (let round = 0; round < 2; round++) {
      const { answer } = send(opened, { port, signal: AbortSignal.abort() })
      await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
      expect(counter.opened).toBe(round)
      await get(opened, { port })
    }
  })

  it('ends a destroyed pool cleanly in every state of its requests', async () => {
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/endless') response.write('x')
      else if (request.url === '/') response.end('ok')
    })
    const opened = open(variant, { maxConnections: 3 })
    const counter = countSockets(port)
    await get(opened, { port })
    await sleep(20)
    const requests = [
      send(opened, { port }),
      send(opened, { port, path: '/never' }),
      send(opened, { port, path: '/endless' }),
      send(opened, { port }),
    ]
    const errors = requests.map(({ answer }) => answer.then(() => null).catch((error: unknown) => error))
    const destroyed = opened.pool.destroy()
    for (const error of await Promise.all(errors)) expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await destroyed
    expect(counter.open).toBe(0)
    await expectEmpty(opened)
  })

  it.each(['pool', 'agent'] as const)(
    'ends a request to which a socket is just being handed over when its %s is destroyed',
    async (what) => {
      const { port } = await listen(scheme)
      const begin = async () => {
        const opened = open(variant, { maxConnections: 1 })
        // Connecting keeps the loop busy.
        await get(opened, { port })
        const first = get(opened, { port })
        const handed = errorOf(get(opened, { port }))
        handed.catch(() => {})
        await first
        return { opened, handed }
      }
      let { opened, handed } = await begin()
      // While the event loop is busy, a connection is looked at first.
      for (let again = 0; opened.pool.stats().reused < 2 && again < 100; again++) ({ opened, handed } = await begin())
      expect(opened.pool.stats().reused).toBe(2)
      const destroyed = what === 'pool' ? opened.pool.destroy() : opened.agent.destroy()
      expect(await handed).toMatchObject({ code: what === 'pool' ? 'ERR_POOL_CLOSED' : 'ECONNRESET' })
      await destroyed
      await expectEmpty(opened)
    },
  )

  it.each(['response', 'end', 'close', 'socket', 'finish'])(
    "survives pool.destroy() in the caller's %s listener",
    async (event) => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      await get(opened, { port })
      const { request } = send(opened, { port })
      const waiting = send(opened, { port })
      const failed = expect(waiting.answer).rejects.toMatchObject({ code: 'ERR_POOL_CLOSED' })
      let destroyed: Promise<void> | undefined
      const destroy = () => {
        destroyed ??= opened.pool.destroy()
      }
      if (event === 'end') request.on('response', (response: http.IncomingMessage) => response.on('end', destroy))
      else request.on(event, destroy)
      await failed
      await destroyed
      await expectEmpty(opened)
    },
  )
})
