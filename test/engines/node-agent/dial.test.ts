import type net from 'node:net'
import { describe, expect, it } from 'vitest'
import { assign, dial, HeldDials, later } from './connecting.ts'
import {
  countSockets,
  errorOf,
  expectEmpty,
  get,
  listen,
  open,
  send,
  sleep,
  stopwatch,
  until,
  variants,
  wallClock,
} from './support.ts'

describe.each(variants)('$name with a createConnection of its own', (variant) => {
  const { scheme } = variant

  it('that is asynchronous: limits hold and sockets are reused', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 3, maxConnectionsPerHost: 2 })
    const counter = countSockets(port)
    assign(opened, later(scheme, 10))
    await Promise.all(Array.from({ length: 20 }, () => get(opened, { port })))
    expect(counter.peak).toBe(2)
    expect(opened.pool.stats()).toMatchObject({ created: 2, reused: 18 })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that calls back with a connected socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant)
    assign(opened, (options, callback) => {
      const socket = dial(scheme, options)
      socket.once(scheme === 'http' ? 'connect' : 'secureConnect', () => callback(null, socket))
    })
    await get(opened, { port })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 1, open: 1 })
  })

  it('that fails later: the next request is served', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    let calls = 0
    assign(opened, (options, callback) => {
      const failing = ++calls <= 2
      setTimeout(() => (failing ? callback(new Error('no way')) : callback(null, dial(scheme, options))), 5)
    })
    const answers = await Promise.allSettled([get(opened, { port }), get(opened, { port }), get(opened, { port })])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect((answers[0] as PromiseRejectedResult).reason).toMatchObject({ message: 'no way' })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that calls back at once, with an error or a socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    let fails = true
    assign(opened, (options, callback) => {
      if (fails) callback(new Error('at once'))
      else callback(null, dial(scheme, options))
      return undefined
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ message: 'at once' })
    await expectEmpty(opened)
    fails = false
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
  })

  it('that calls back twice', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    assign(opened, (options, callback) => {
      const socket = dial(scheme, options)
      setTimeout(() => {
        callback(null, socket)
        callback(new Error('again'))
        callback(null, socket)
      }, 5)
      return undefined
    })
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
    expect(opened.pool.stats()).toMatchObject({ open: 1, created: 1 })
  })

  // So does node's own, with a lookup that calls back twice. What nobody hears of an error would end the process.
  it('that gives a socket which has failed already: the request has its error, and the next one is served', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    assign(opened, (options) => {
      const socket = dial(scheme, options)
      socket.destroy(new Error('mine'))
      return socket
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ message: 'mine' })
    expect(await opened.pool.preconnect(`${scheme}://localhost:${port}`)).toBe(0)
    assign(opened, (options) => dial(scheme, options))
    await get(opened, { port })
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that throws: the caller hears of it, at once or by the request that waited', async () => {
    const { port } = await listen(scheme, (_, response) => setTimeout(() => response.end('ok'), 20))
    const opened = open(variant, { maxConnections: 1, keepAlive: false })
    let calls = 0
    assign(opened, (options) => {
      if (++calls % 2 === 1) throw new Error(`thrown ${calls}`)
      return dial(scheme, options)
    })
    expect(() => send(opened, { port })).toThrow('thrown 1')
    await expectEmpty(opened)
    const running = get(opened, { port })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ message: 'thrown 3' })
    await running
    await expectEmpty(opened)
  })

  it('that throws while requests of several hosts wait', async () => {
    const [one, two] = await Promise.all([listen(scheme), listen(scheme)])
    const opened = open(variant, { maxConnections: 1 })
    assign(opened, (options) => {
      if (Number(options.port) === two.port) throw new Error('bad host')
      return dial(scheme, options)
    })
    const requests = Array.from({ length: 9 }, (_, index) => {
      try {
        return get(opened, { port: index % 2 === 0 ? one.port : two.port })
      } catch (error) {
        return Promise.reject(error)
      }
    })
    const settled = await Promise.allSettled(requests)
    expect(settled.map(({ status }) => status)).toEqual(settled.map((_, index) => (index % 2 === 0 ? 'fulfilled' : 'rejected')))
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('that gives a closed socket: the request fails, the place is free', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const closed = dial(scheme, { port })
    closed.destroy()
    await new Promise((resolve) => closed.once('close', resolve))
    for (const later of [true, false]) {
      assign(opened, (_, callback) => {
        if (!later) return closed
        setTimeout(() => callback(null, closed))
        return undefined
      })
      expect(await errorOf(get(opened, { port }))).toMatchObject({ message: expect.stringContaining('no open socket') })
      await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, active: 0 }))
    }
  })

  it('that never calls back: connectTimeout ends the request', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 100 })
    assign(opened, () => undefined)
    const elapsed = wallClock()
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    expect(elapsed()).toBeGreaterThan(95)
    await expectEmpty(opened)
  })

  it('that calls back after the connect timeout: the socket is destroyed', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, connectTimeout: 50 })
    const counter = countSockets(port)
    const dials = new HeldDials((options, callback) => callback(null, dial(scheme, options)))
    assign(opened, dials.create)
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CONNECT_TIMEOUT' })
    dials.release()
    expect(counter.opened).toBe(1)
    await until(() => expect(counter.open).toBe(0))
    await expectEmpty(opened)
  })

  it.each(['destroy', 'abort', 'signal'])(
    'left by %s: the request ends at once, the place is kept for the socket',
    async (way) => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1 })
      const counter = countSockets(port)
      const sockets: net.Socket[] = []
      const dials = new HeldDials((_, callback) => callback(null, sockets.shift()))
      assign(opened, (options, callback) => {
        sockets.push(dial(scheme, options))
        return dials.create(options, callback)
      })
      const controller = new AbortController()
      const { request, answer } = send(opened, { port, signal: controller.signal })
      const next = get(opened, { port })
      await sleep(10)
      const elapsed = stopwatch()
      const closed = new Promise((resolve) => request.on('close', resolve))
      if (way === 'destroy') request.destroy(new Error('mine'))
      else if (way === 'abort') request.abort()
      else controller.abort()
      await closed
      expect(elapsed()).toBeLessThan(40)
      dials.release()
      const expected = { destroy: { message: 'mine' }, abort: {}, signal: { name: 'AbortError' } }[way]
      expect(await errorOf(answer)).toMatchObject(expected ?? {})
      await until(() => expect(counter.opened).toBe(2))
      dials.release()
      expect(await next).toMatchObject({ body: 'ok' })
      expect(counter.peak).toBe(1)
      expect(counter.opened).toBe(2)
      await opened.pool.close()
      await expectEmpty(opened)
    },
  )

  it('left, and then failing or never coming: the place is free by the connect timeout', async () => {
    const { port } = await listen(scheme)
    for (const fails of [true, false]) {
      const opened = open(variant, { maxConnections: 1, connectTimeout: 100 })
      const dials = new HeldDials((_, callback) => callback(new Error('late')))
      assign(opened, dials.create)
      const { request, answer } = send(opened, { port })
      await sleep(5)
      request.destroy()
      expect(await errorOf(answer)).toMatchObject({ code: 'ECONNRESET' })
      if (fails) dials.release()
      await expectEmpty(opened)
    }
  })

  it('while the pool is destroyed or closed', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const counter = countSockets(port)
    const dials = new HeldDials((options, callback) => callback(null, dial(scheme, options)))
    assign(opened, dials.create)
    const first = errorOf(get(opened, { port }))
    await sleep(5)
    await opened.pool.destroy()
    expect(await first).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    dials.release()
    expect(counter.opened).toBe(1)
    await until(() => expect(counter.open).toBe(0))

    const second = open(variant, { maxConnections: 1 })
    assign(second, later(scheme, 40))
    const answer = get(second, { port })
    await second.pool.close()
    expect(await answer).toMatchObject({ body: 'ok' })
  })

  it('that destroys the pool itself', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const counter = countSockets(port)
    assign(opened, (options) => {
      void opened.pool.destroy()
      return dial(scheme, options)
    })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await expectEmpty(opened)
    await until(() => expect(counter.open).toBe(0))
  })
})
