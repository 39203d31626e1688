import http2, { type ClientHttp2Session } from 'node:http2'
import { expect, onTestFinished, test } from 'vitest'
import { type FrameSession, serveFrames } from './frame-server.ts'
import { answer, enhanceYourCalm, goaway, internalError, noError, refusedStream, reset, settings } from './frames.ts'
import { open, type TestPool, until } from './harness.ts'
import { times, undici8 } from './http2-harness.ts'

const sessionPrototype = await prototypeOfSessions()

async function prototypeOfSessions(): Promise<ClientHttp2Session> {
  const session = http2.connect('http://localhost:1')
  session.on('error', () => {}).destroy()
  return Object.getPrototypeOf(session)
}

/** What a server does with a stream that it gets. */
type Step = (session: FrameSession, stream: number) => void

const refuse: Step = (session, stream) => session.write(reset(stream, refusedStream))
const leave: Step = (session) => session.write(goaway(0, noError))
const fail: Step = (session) => session.write(goaway(0, internalError))
const calm: Step = (session) => session.write(goaway(0, enhanceYourCalm))
const serve: Step = (session, stream) => session.write(answer(stream))
const cut: Step = ({ socket }) => void socket.resetAndDestroy()

const greet = (session: FrameSession) => session.write(settings)

const post = { method: 'POST', body: 'x' } as const

interface Seen {
  /** Streams that the server got. */
  readonly streams: number
  readonly connections: number
  /** The status, or what the request failed with. */
  readonly end: unknown
}

/** One request to a server that does this with its streams, in order, the last with all that come after. */
async function ask(steps: readonly Step[], request: object = post, retryStale = false): Promise<Seen> {
  let streams = 0
  const { origin, sockets } = await serveFrames(greet, (session, stream) =>
    (steps[streams++] ?? (steps.at(-1) as Step))(session, stream),
  )
  const { dispatcher } = open(undici8, { http2: 'only', maxConnections: 1, retryStale })
  const end = await undici8.api.request(origin, { dispatcher, ...request }).then(
    async ({ statusCode, body }) => {
      await body.dump()
      return statusCode
    },
    (error: Error) => error.message,
  )
  return { streams, connections: sockets.length, end }
}

test.each<[string, readonly Step[], Partial<Seen>]>([
  ['refuses each', [refuse], { streams: 4, end: expect.stringContaining('REFUSED_STREAM') }],
  ['says GOAWAY each time', [leave], { streams: 4, connections: 4, end: expect.stringContaining('GOAWAY') }],
  ['says GOAWAY for an error each time', [fail], { streams: 2, connections: 2, end: expect.stringContaining('GOAWAY') }],
  ['wants calm each time', [calm], { streams: 2, connections: 2, end: expect.stringContaining('GOAWAY') }],
  ['refuses the one after an error', [fail, refuse], { streams: 2, connections: 2, end: expect.stringContaining('GOAWAY') }],
  ['goes away after an error', [fail, leave], { streams: 2, connections: 2, end: expect.stringContaining('GOAWAY') }],
  ['refuses, and goes away then', [refuse, refuse, leave], { streams: 4, end: expect.stringContaining('GOAWAY') }],
  ['goes away, and refuses then', [leave, refuse, leave, refuse], { streams: 4, connections: 3 }],
  ['has an error after two others', [leave, leave, fail], { streams: 4, connections: 4 }],
  ['serves it at last', [refuse, leave, refuse, serve], { streams: 4, end: 200 }],
  ['serves it after an error', [fail, serve], { streams: 2, connections: 2, end: 200 }],
])('a server that has not seen a request gets it four times at most, once more after an error: %s', async (_, steps, seen) => {
  expect(await ask(steps)).toMatchObject(seen)
})

test('what may be sent again as the connection was cut counts too', async () => {
  expect(await ask([refuse, refuse, refuse, cut], {}, true)).toMatchObject({
    streams: 4,
    connections: 1,
    end: expect.any(String),
  })
})

test('a GOAWAY of a connection that served others does not count, as many as there are', async () => {
  const count = 15
  const held: (() => void)[] = []
  let served = 0
  let refused = 0
  const { origin } = await serveFrames(greet, (session, stream) => {
    if (stream > 1) {
      refused++
      session.socket.end(goaway(1, noError))
    } else {
      // All at once, so that each needs a connection.
      held.push(() => serve(session, stream))
      if (++served >= count) for (const release of held.splice(0)) release()
    }
  })
  const { dispatcher } = open(undici8, { http2: 'only', maxStreamsPerConnection: 1, retryStale: false })
  await Promise.all(times(count, () => end(origin, dispatcher)))
  expect([await end(origin, dispatcher), refused]).toEqual([200, count])
})

test.each<[string, { takesOn?: (session: number) => boolean; maxConnections?: number }]>([
  ['answers one request of each connection', { maxConnections: 1 }],
  ['answers one of every other connection', { maxConnections: 1, takesOn: (session) => session % 2 === 1 }],
  ['takes on one of each connection, and answers them all at last', {}],
])('a server that says GOAWAY again and again gets each request until it takes it on, while it %s', async (_, how) => {
  const { takesOn = () => true, maxConnections } = how
  const count = 20
  const held: (() => void)[] = []
  let taken = 0
  const answerHeld = () => {
    for (const release of held.splice(0)) release()
  }
  const { origin, sessions } = await serveFrames(greet, (session, stream) => {
    if (session.streams.length > 2) return
    if (session.streams.length === 2) {
      session.write(goaway(stream - 2, noError))
      if (maxConnections === 1) answerHeld()
    } else if (takesOn(sessions.length)) {
      held.push(() => session.socket.end(answer(stream)))
      if (++taken === count) answerHeld()
    } else session.write(goaway(0, noError))
  })
  const { dispatcher } = open(undici8, { http2: 'only', retryStale: false, ...(maxConnections && { maxConnections }) })
  expect(await Promise.all(times(count, () => end(origin, dispatcher)))).toEqual(times(count, () => 200))
})

test('nor does a server that has answered before get a request for ever once it takes on nothing any more', async () => {
  let streams = 0
  const { origin, sessions } = await serveFrames(greet, (session, stream) => (streams++ === 0 ? serve : leave)(session, stream))
  const { dispatcher } = open(undici8, { http2: 'only', maxConnections: 1, retryStale: false })
  expect(await end(origin, dispatcher)).toBe(200)
  expect(await end(origin, dispatcher)).toContain('GOAWAY')
  // On the connection that served, and on four that served nothing.
  expect([streams, sessions.length]).toEqual([1 + 5, 5])
})

/** The status that a request is answered with, or what it fails with. */
function end(origin: string, dispatcher: TestPool['dispatcher']): Promise<number | string> {
  return undici8.api.request(origin, { dispatcher, ...post }).then(
    ({ statusCode, body }) => body.dump().then(() => statusCode),
    (error: Error) => error.message,
  )
}

test('a body that is gone is not sent again', async () => {
  const body = async function* () {
    yield 'x'
  }
  for (const step of [refuse, leave, fail])
    expect(await ask([step], { method: 'POST', body: body() })).toMatchObject({ streams: 1 })
})

test('of fetch that is every body: what it gives to be sent can be read once, and the Request is not seen', async () => {
  const { origin, sessions } = await serveFrames(greet, leave)
  const { dispatcher } = open(undici8, { http2: 'only', maxConnections: 1, retryStale: false })
  await expect(undici8.api.fetch(origin, { dispatcher, ...post })).rejects.toThrow('fetch failed')
  await expect(undici8.api.fetch(origin, { dispatcher })).rejects.toThrow('fetch failed')
  expect(sessions).toHaveLength(1 + 4)
})

test.each(['ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_GOAWAY_SESSION'])(
  'what a session does not take (%s) is sent on another, whatever its method, and what ran on it has failed',
  async (code) => {
    const { origin, sockets, sessions } = await serveFrames(greet, (session, stream) => {
      if (session !== sessions[0]) serve(session, stream)
    })
    const { dispatcher } = open(undici8, { http2: 'only', maxConnections: 1, retryStale: false })
    const send = () => undici8.api.request(origin, { dispatcher, ...post })
    const running = expect(send()).rejects.toThrow('it is over')
    await until(() => sessions[0]?.streams.length === 1)
    const broken = breakNextRequest(code)
    const { statusCode } = await send()
    expect([statusCode, broken()]).toEqual([200, 1])
    await running
    expect(sockets).toHaveLength(2)
  },
)

/** Has the next request that any session is asked for fail; gives how many have. */
function breakNextRequest(code: string): () => number {
  let broken = 0
  const { request } = sessionPrototype
  const restore = () => void Object.assign(sessionPrototype, { request })
  onTestFinished(restore)
  sessionPrototype.request = () => {
    broken++
    restore()
    throw Object.assign(new Error('it is over'), { code })
  }
  return () => broken
}
