import { describe, expect, test } from 'vitest'
import { Gate, generations, getterOf, listenBy, open, serve, until, versions } from './harness.ts'

describe.each(versions)('$name: a request that is given up after it was given a connection', (version) => {
  const get = getterOf(version)

  describe.each(version.peer.major === 7 ? generations : (['modern'] as const))('%s handler', (generation) => {
    test.each([
      ['GET', undefined],
      ['POST', 'text'],
    ])('and before it is written: no %s is sent, and the connection serves the next one', async (method, body) => {
      const gate = new Gate()
      const { origin, seen, sockets } = await serve(gate.listener)
      const pool = open(version, { maxConnections: 1 })
      const { dispatcher } = pool
      const waiting = listenBy(generation)
      const reason = new Error('enough')
      const options = {
        origin,
        path: '/never',
        method,
        // Asked once more when it has a connection that serves, and is not written.
        get body() {
          if (pool.stats().reused === 1) waiting.abort(reason)
          return body
        },
      }
      const first = get(pool, `${origin}/held`)
      dispatcher.dispatch(options, waiting.handler)
      await until(() => gate.waiting === 1)
      expect(pool.stats().pending).toBe(1)
      gate.open()
      expect(await first).toBe('held')
      expect((await waiting.done).error).toBe(reason)
      expect(await get(pool, `${origin}/next`)).toBe('/next')
      expect(seen).toEqual(['GET /held', 'GET /next'])
      expect(sockets.length).toBe(1)
      expect(pool.stats()).toMatchObject({ open: 1, idle: 1, created: 1, reused: 2 })
    })
  })
})
