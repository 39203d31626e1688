import type { Socket } from 'node:net'
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { ClientConnection } from '../../../src/engines/undici-dispatcher/connection.ts'
import { answer, anyStream, enhanceYourCalm, goaway, internalError, noError, reset, settings } from './frames.ts'
import { open, serveRaw, until } from './harness.ts'
import { undici8 } from './http2-harness.ts'

/** It collects garbage first. */
const living = () => queryObjects(ClientConnection as never, { format: 'count' })

const rounds = 4

// Node keeps what it made of SETTINGS until the server has acknowledged them, and with that the session, while anything leads to its handle.
test.each<[string, (socket: Socket) => void]>([
  ['it ends it by GOAWAY, and nothing was seen', (socket) => void socket.end(goaway(0, noError))],
  [
    'it answers after GOAWAY',
    (socket) => {
      socket.write(goaway(anyStream, noError))
      socket.end(answer(1))
    },
  ],
  ['it says GOAWAY for an error', (socket) => void socket.write(goaway(0, internalError))],
  ['it says GOAWAY for an error of what it has seen', (socket) => void socket.write(goaway(1, enhanceYourCalm))],
  ['it resets the stream', (socket) => void socket.write(reset(1, internalError))],
  ['it speaks no HTTP/2', (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['it ends it', (socket) => void socket.end()],
])('nothing of a connection stays in memory whose server has not acknowledged SETTINGS: %s', async (_, end) => {
  const { origin } = await serveRaw((socket) => {
    socket.once('data', () => {
      socket.write(settings)
      end(socket)
    })
  })
  const send = async () => {
    const pool = open(undici8, { http2: 'only', retryStale: false, maxConnections: 1 })
    const { dispatcher } = pool
    const sent = undici8.api.request(origin, { dispatcher })
    await sent.then(({ body }) => body.text()).catch(() => {})
    await pool.destroy()
    await until(() => pool.stats().open === 0)
  }
  await send()
  const before = living()
  for (let round = 0; round < rounds; round++) await send()
  // The last ones may be remembered.
  await expect.poll(() => living() - before).toBeLessThan(rounds / 2)
})
