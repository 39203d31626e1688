import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import { type FrameSession, serveFrames } from './frame-server.ts'
import { answer, noError, reset, settingsAck, streamLimit } from './frames.ts'
import { open, until } from './harness.ts'
import { undici8 } from './http2-harness.ts'

/** A server that allows one stream at a time and answers whatever comes at once, and a request to it whose body goes on after its answer. */
async function uploading(config: PoolConfig, body: unknown) {
  const greet = (session: FrameSession) => session.write(streamLimit(1), settingsAck)
  const { origin, sessions } = await serveFrames(greet, (session, stream) => session.write(answer(stream)))
  const pool = open(undici8, { http2: 'only', ...config })
  const { dispatcher } = pool
  const send = async (options: object = {}) => {
    const { statusCode, body } = await undici8.api.request(origin, { dispatcher, ...options })
    await body.dump()
    return statusCode
  }
  expect(await send({ method: 'POST', body })).toBe(200)
  return { pool, send, sessions }
}

function endless(): Readable {
  const body = new Readable({ read() {} })
  body.push('begun')
  return body
}

// RFC 9113, 5.1.2: a stream that is half closed counts for the server's limit. node:http2 would keep the next request until it has closed.
test.each([
  ['a stream', endless],
  ['a buffer that its server does not read', () => Buffer.alloc(500_000)],
])('whose upload goes on has its stream after the answer too: %s', async (_, body) => {
  const { pool, send, sessions } = await uploading({ maxConnections: 2 }, body())
  expect(pool.stats()).toMatchObject({ open: 1, active: 1, streams: { active: 1, capacity: 1 } })
  expect(await send()).toBe(200)
  expect(sessions.map(({ streams }) => streams)).toEqual([[1], [1]])
  expect(pool.stats()).toMatchObject({ open: 2, active: 1, idle: 1, streams: { active: 1, capacity: 2 } })
})

test('the next request has its turn when the upload has ended', async () => {
  const body = endless()
  const { pool, send, sessions } = await uploading({ maxConnections: 1 }, body)
  const next = send()
  expect(pool.stats()).toMatchObject({ pending: 1, active: 1 })
  body.push(null)
  expect(await next).toBe(200)
  expect(sessions.map(({ streams }) => streams)).toEqual([[1, 3]])
  await until(() => pool.stats().idle === 1)
  expect(pool.stats().streams).toEqual({ active: 0, capacity: 1 })
})

test.each<[string, (body: Readable, session: FrameSession) => void]>([
  ['its server wants no more of it', (_, session) => session.write(reset(1, noError))],
  ['its body breaks', (body) => void body.destroy(new Error('breaks'))],
  ['its connection is lost', (_, session) => void session.socket.resetAndDestroy()],
])('or when %s', async (_, end) => {
  const body = endless()
  const { pool, send, sessions } = await uploading({ maxConnections: 1 }, body)
  const next = send()
  end(body, sessions[0] as FrameSession)
  expect(await next).toBe(200)
  await until(() => pool.stats().idle === 1)
  expect(pool.stats().streams.active).toBe(0)
})

test('a pool that closes waits for it, one that is destroyed does not', async () => {
  const body = endless()
  const { pool } = await uploading({ maxConnections: 1 }, body)
  let closed = false
  const closing = pool.close().then(() => {
    closed = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(closed).toBe(false)
  body.push(null)
  await closing
  const other = await uploading({ maxConnections: 1 }, endless())
  await other.pool.destroy()
  expect(other.pool.stats().open).toBe(0)
})
