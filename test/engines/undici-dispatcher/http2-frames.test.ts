import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FrameSession, serveFrames } from './frame-server.ts'
import { answer, anyStream, begin, finish, goaway, internalError, noError, refusedStream, reset, streamLimit } from './frames.ts'
import { listenBy, open, until } from './harness.ts'
import { codeOf, undici8 } from './http2-harness.ts'

const noop = () => {}

describe('SETTINGS', () => {
  test('until they come one request is sent, and the others wait in time', async () => {
    const server = await serveFrames(noop, noop)
    const pool = open(undici8, { http2: 'only', maxConnections: 1, acquireTimeout: 100 })
    const ask = () => undici8.api.request(server.origin, { dispatcher: pool.dispatcher }).then(({ statusCode }) => statusCode)
    const asked = [ask(), ask(), ask()] as const
    await until(() => server.sessions[0]?.streams.length === 1)
    expect(pool.stats()).toMatchObject({ pending: 2, streams: { active: 1, capacity: 1 } })
    const [first, ...waiting] = asked
    const others = await Promise.allSettled(waiting)
    expect(others.map((one) => codeOf((one as PromiseRejectedResult).reason))).toEqual([
      'ERR_POOL_ACQUIRE_TIMEOUT',
      'ERR_POOL_ACQUIRE_TIMEOUT',
    ])
    expect(pool.stats()).toMatchObject({ open: 1, pending: 0, streams: { active: 1, capacity: 1 } })
    const session = server.sessions[0] as FrameSession
    session.write(streamLimit(2))
    await until(() => pool.stats().streams.capacity === 2)
    const more = [ask(), ask()]
    await until(() => session.streams.length === 2)
    expect(pool.stats()).toMatchObject({ pending: 1, streams: { active: 2 } })
    session.write(answer(1))
    await until(() => session.streams.length === 3)
    session.write(answer(3), answer(5))
    expect(await Promise.all([first, ...more])).toEqual([200, 200, 200])
  })
})

/** How the server ends its first connection together with the answer to the stream. */
const ends: readonly (readonly [string, (session: FrameSession, stream: number) => void])[] = [
  ['GOAWAY behind it', (session, stream) => session.write(answer(stream), goaway(stream, noError))],
  ['GOAWAY before it', (session, stream) => session.write(goaway(stream, noError), answer(stream))],
  ['FIN', (session, stream) => session.socket.end(answer(stream))],
]

/** Asked before the last, so that the pool knows that nothing is unheard, and does not look. */
const before = 4
const last = 2 * before + 1

async function ending(end: (session: FrameSession, stream: number) => void) {
  const server = await serveFrames(
    (session) => session.write(streamLimit(100)),
    (session, stream) => {
      if (session === server.sessions[0] && stream >= last) end(session, stream)
      else session.write(answer(stream))
    },
  )
  const pool = open(undici8, { http2: 'only', maxConnections: 1 })
  const dispatch = (method: string, more: object) => {
    const told = listenBy('modern')
    const handler = { ...told.handler, ...more }
    const body = method === 'POST' ? Readable.from(['once']) : null
    pool.dispatcher.dispatch({ origin: server.origin, path: '/', method, body }, handler as never)
    return told
  }
  for (let sent = 0; sent < before; sent++) await dispatch('GET', {}).done
  return { server, dispatch }
}

describe('a connection that ends in one piece with an answer', () => {
  test.each(ends)(
    '%s: what is asked within that answer goes to another, with a body that can be sent only once',
    async (_, end) => {
      for (let round = 0; round < 10; round++) {
        const { server, dispatch } = await ending(end)
        const second = await new Promise<ReturnType<typeof dispatch>>((resolve) => {
          dispatch('GET', { onResponseEnd: () => resolve(dispatch('POST', {})) })
        })
        expect(await second.done).toEqual({ status: 200, body: '' })
        expect(server.sessions.map(({ streams }) => streams)).toEqual([[1, 3, 5, 7, last], [1]])
      }
    },
  )
})

/** The client's sockets, in order. */
function clientSockets(): Socket[] {
  const sockets: Socket[] = []
  const onSocket = (message: unknown) => void sockets.push((message as { socket: Socket }).socket)
  subscribe('net.client.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  return sockets
}

describe('before undici has heard of the end', () => {
  test('FIN: a request that comes in the same turn of the event loop goes to another connection', async () => {
    for (let round = 0; round < 10; round++) {
      const sockets = clientSockets()
      const { server, dispatch } = await ending(() => {})
      dispatch('GET', {})
      await until(() => server.sessions[0]?.streams.length === before + 1)
      const second = new Promise<ReturnType<typeof dispatch>>((resolve) => {
        sockets[0]?.once('end', () => queueMicrotask(() => resolve(dispatch('POST', {}))))
      })
      server.sessions[0]?.socket.end()
      expect(await (await second).done).toEqual({ status: 200, body: '' })
      expect(server.sessions.map(({ streams }) => streams)).toEqual([
        [1, 3, 5, 7, last],
        [1, 3],
      ])
    }
  })

  test.each(['at once', 'a little later'])(
    'FIN, and the socket closes %s: an answer that it cuts off is not taken for a whole one, and one that has come whole with it is',
    async (when) => {
      const sockets = clientSockets()
      const { server, dispatch } = await ending(() => {})
      const asked = [dispatch('GET', {}), dispatch('GET', {})] as const
      const [session] = server.sessions
      await until(() => session?.streams.length === before + 2)
      const [cut, whole] = (session as FrameSession).streams.slice(before) as [number, number]
      // As on a write to a server that is gone.
      if (when === 'at once') sockets[0]?.once('end', () => sockets[0]?.destroy())
      session?.socket.end(Buffer.concat([begin(cut), begin(whole), finish(whole)]))
      expect(await asked[0].done).toMatchObject({ status: 200, body: 'half', error: { code: 'UND_ERR_SOCKET' } })
      expect(asked[0].events).not.toContain('end')
      expect(await asked[1].done).toEqual({ status: 200, body: 'half and half' })
    },
  )

  test('GOAWAY for a fault: what it cuts off is sent again where that is allowed, and who asks on being told goes elsewhere', async () => {
    const { server, dispatch } = await ending(() => {})
    const get = dispatch('GET', {})
    const again = new Promise<ReturnType<typeof dispatch>>((resolve) => {
      dispatch('POST', { onResponseError: () => resolve(dispatch('POST', {})) })
    })
    await until(() => server.sessions[0]?.streams.length === before + 2)
    server.sessions[0]?.write(goaway(anyStream, internalError))
    const ends = await Promise.all([get.done, (await again).done])
    expect(ends.map(({ status }) => status)).toEqual([200, 200])
    expect(server.sessions.map(({ streams }) => streams.length)).toEqual([before + 2, 2])
  })

  test('FIN behind a lower limit: what was refused, and undici keeps for later, is told', async () => {
    const { server, dispatch } = await ending(() => {})
    const gets = Array.from({ length: 5 }, () => dispatch('GET', {}))
    const [session] = server.sessions
    await until(() => session?.streams.length === before + 5)
    session?.write(streamLimit(1), ...session.streams.slice(before + 1).map((stream) => reset(stream, refusedStream)))
    session?.socket.end()
    await until(() => gets.every(({ events }) => events.includes('end')))
    const [first, ...others] = server.sessions.map(({ streams }) => streams.length)
    expect([first, others.reduce((sum, count) => sum + count)]).toEqual([before + 5, 5])
  })
})
