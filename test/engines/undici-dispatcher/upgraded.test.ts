import { describe, expect, test } from 'vitest'
import { getterOf, open, serveRaw, until, versions } from './harness.ts'

const answers: readonly (readonly [begins: string, answer: string])[] = [
  ['CONNECT', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['GET /upgrade', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'],
  ['', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
]

describe.each(versions)('$name', (version) => {
  const get = getterOf(version)

  test.each(['CONNECT', 'an upgrade'])(
    'after %s the socket is the caller’s, and counts as such until it has closed',
    async (by) => {
      const server = await serveRaw((socket) =>
        socket.on('data', (data) => socket.write(answers.find(([begins]) => String(data).startsWith(begins))?.[1] as string)),
      )
      const { origin } = server
      const pool = open(version, { maxConnections: 1 })
      const options = { dispatcher: pool.dispatcher }
      const { socket } =
        by === 'CONNECT'
          ? await version.api.connect(origin, { ...options, path: 'a.test:80' })
          : await version.api.upgrade(`${origin}/upgrade`, { ...options, protocol: 'other' })
      expect(pool.stats()).toMatchObject({ open: 0, active: 0, upgraded: 1 })
      // Its place is free.
      expect(await get(pool, origin)).toBe('ok')
      await until(() => pool.stats().idle === 1)
      // It does not keep the pool from closing, and is not closed with it.
      await pool.close()
      expect(socket.destroyed).toBe(false)
      expect(pool.stats()).toMatchObject({ open: 0, upgraded: 1 })
      socket.destroy()
      await until(() => pool.stats().upgraded === 0)
    },
  )
})
