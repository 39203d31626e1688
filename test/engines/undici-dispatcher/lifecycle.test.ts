import { describe, expect, test } from 'vitest'
import { isPoolError } from '../../../src/errors.ts'
import { Gate, open, serve, stopwatch, until, versions } from './harness.ts'

describe.each(versions)('$name', (version) => {
  const { api } = version

  async function busy() {
    const gate = new Gate()
    const server = await serve(gate.listener)
    const pool = open(version, { maxConnections: 1 })
    const { dispatcher } = pool
    const ask = (path: string) =>
      api
        .request(server.origin + path, { dispatcher })
        .then(({ body }) => body.text())
        .catch((error: unknown) => error)
    const running = ask('/held')
    await until(() => gate.waiting === 1)
    const waiting = ask('/waiting')
    return { ...server, gate, pool, dispatcher, ask, running, waiting }
  }

  test('close lets what runs and waits finish, refuses the rest, and is idempotent', async () => {
    const { gate, pool, dispatcher, ask, running, waiting } = await busy()
    const closed = dispatcher.close()
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, false])
    const refused = ask('/refused')
    expect(isPoolError(await refused, 'ERR_POOL_CLOSED')).toBe(true)
    gate.open()
    expect([await running, await waiting]).toEqual(['held', '/waiting'])
    await closed
    await dispatcher.close()
    await dispatcher[Symbol.asyncDispose]()
    await pool.close()
    expect(pool.stats().open).toBe(0)
  })

  test('destroy fails what runs and waits, at once', async () => {
    const { pool, dispatcher, running, waiting, ask } = await busy()
    const destroyed = dispatcher.destroy()
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, true])
    const elapsed = stopwatch()
    expect([isPoolError(await running, 'ERR_POOL_CLOSED'), isPoolError(await waiting, 'ERR_POOL_CLOSED')]).toEqual([true, true])
    await destroyed
    expect(elapsed()).toBeLessThan(50)
    await dispatcher.destroy()
    await dispatcher.close()
    expect(isPoolError(await ask('/refused'), 'ERR_POOL_CLOSED')).toBe(true)
    expect(pool.stats()).toMatchObject({ open: 0, pending: 0 })
  })

  test('destroy takes an error for them', async () => {
    const { dispatcher, running, waiting } = await busy()
    const reason = new Error('shutting down')
    await dispatcher.destroy(reason)
    expect([await running, await waiting]).toEqual([reason, reason])
  })

  test('destroy while connecting', async () => {
    const pool = open(version, {}, { connect: { lookup: () => {} } })
    const { dispatcher } = pool
    const connecting = api.request('http://a.test', { dispatcher }).catch((error: unknown) => error)
    await dispatcher.destroy()
    expect(isPoolError(await connecting, 'ERR_POOL_CLOSED')).toBe(true)
    expect(pool.stats().open).toBe(0)
  })

  test('both can call back', async () => {
    const { dispatcher, gate } = await busy()
    gate.open()
    const called = await new Promise((resolve) => dispatcher.close((...args) => resolve(args)))
    expect(called).toEqual([null, null])
    expect(await new Promise((resolve) => dispatcher.destroy((...args) => resolve(args)))).toEqual([null, null])
    expect(await new Promise((resolve) => dispatcher.destroy(null, (...args) => resolve(args)))).toEqual([null, null])
    const invalid = expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' })
    expect(() => dispatcher.close(5 as never)).toThrow(invalid)
  })

  test('connect and disconnect are told, with the origin and the targets', async () => {
    const { origin } = await serve((_request, response) => void response.end('ok'))
    const { dispatcher } = open(version)
    const events: unknown[] = []
    for (const name of ['connect', 'disconnect']) {
      dispatcher.on(name, (url: URL, targets: unknown[]) =>
        events.push([name, url.origin, targets[0] === dispatcher, targets.length]),
      )
    }
    await (await api.request(origin, { dispatcher })).body.text()
    expect(events).toEqual([['connect', origin, true, 2]])
    await dispatcher.close()
    expect(events.slice(1)).toEqual([['disconnect', origin, true, 2]])
  })

  test('the limits of WebSocket and EventSource are those of undici, or given', () => {
    const options = (pool: ReturnType<typeof open>) =>
      pool.dispatcher as unknown as { webSocketOptions: { maxPayloadSize: number } }
    expect(options(open(version)).webSocketOptions.maxPayloadSize).toBe(128 * 1024 * 1024)
    const given = open(version, {}, { webSocket: { maxPayloadSize: 5 } })
    expect(options(given).webSocketOptions.maxPayloadSize).toBe(5)
  })
})
