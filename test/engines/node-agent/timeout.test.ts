import http from 'node:http'
import type net from 'node:net'
import { describe, expect, it } from 'vitest'
import { hangs } from '../../time.ts'
import {
  cleanup,
  deadlineWatch,
  errorOf,
  get,
  HoldingHandler,
  listen,
  listenRaw,
  open,
  send,
  sleep,
  stopwatch,
  until,
  variants,
  wallClock,
} from './support.ts'

/** How long after the call 'timeout' comes, or null. */
function timeoutOf(request: http.ClientRequest, within = hangs): Promise<number | null> {
  const elapsed = stopwatch()
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), within)
    // It may come again, to a request that is slow when it has its socket: agentkeepalive destroys one that nobody listens to.
    request.on('timeout', () => {
      clearTimeout(timer)
      resolve(elapsed())
    })
  })
}

/** With a listener: agentkeepalive destroys a request without one, should the machine be slower than its timeout. */
function sendPatiently(...args: Parameters<typeof send>): ReturnType<typeof send> {
  const sent = send(...args)
  sent.request.on('timeout', () => {})
  return sent
}

const slow: http.RequestListener = (request, response) => {
  const delay = Number(request.url?.slice(1) || 0)
  setTimeout(() => response.end('ok'), delay)
}

describe.each(variants)('$name: a timeout', (variant) => {
  const { scheme } = variant

  it('by option or method reaches a request that waits, which is served later all the same', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const opened = open(variant, { maxConnections: 1 })
    const first = get(opened, { port, path: '/hold' })
    const byOption = send(opened, { port, timeout: 40 })
    const byMethod = send(opened, { port })
    let called = 0
    byMethod.request.setTimeout(40, () => called++)
    const times = await Promise.all([timeoutOf(byOption.request), timeoutOf(byMethod.request)])
    for (const time of times) expect(time).toBeLessThan(110)
    expect(called).toBe(1)
    holding.release()
    expect(await byOption.answer).toMatchObject({ reused: true })
    expect(await byMethod.answer).toMatchObject({ reused: true })
    await first
  })

  it('can be moved and taken back while the request waits', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const opened = open(variant, { maxConnections: 1 })
    const first = get(opened, { port, path: '/hold' })
    const elapsed = wallClock()
    const moved = send(opened, { port, timeout: 30 })
    moved.request.setTimeout(100)
    const cleared = send(opened, { port, timeout: 30 })
    cleared.request.setTimeout(0)
    const [later, never] = await Promise.all([timeoutOf(moved.request), timeoutOf(cleared.request, 150)])
    expect(later).not.toBeNull()
    expect(elapsed()).toBeGreaterThan(95)
    expect(never).toBeNull()
    holding.release()
    await Promise.all([first, moved.answer, cleared.answer])
  })

  it('may destroy the request', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const opened = open(variant, { maxConnections: 1 })
    const first = get(opened, { port, path: '/hold' })
    const left = send(opened, { port, path: '/0', timeout: 30 })
    left.request.on('timeout', () => left.request.destroy(new Error('too slow')))
    expect(await errorOf(left.answer)).toMatchObject({ message: 'too slow' })
    expect(opened.pool.stats()).toMatchObject({ pending: 0, aborted: 1 })
    holding.release()
    await first
    expect(holding.seen).toEqual(['/hold'])
  })

  it('whose listener throws does not hurt the others', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const opened = open(variant, { maxConnections: 1 })
    const caught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => caught.push(error))
    cleanup(() => {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    })
    const first = get(opened, { port, path: '/hold' })
    const requests = Array.from({ length: 3 }, () => send(opened, { port, timeout: 30 }))
    for (const { request } of requests.slice(0, 2)) {
      request.once('timeout', () => {
        throw new Error('from a listener')
      })
      request.on('timeout', () => {})
    }
    const last = requests[2] as (typeof requests)[0]
    expect(await timeoutOf(last.request)).toBeLessThan(100)
    holding.release()
    await Promise.all([first, ...requests.map(({ answer }) => answer)])
    expect(caught).toHaveLength(2)
  })

  it('reaches a request whose createConnection has not called back', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant)
    ;(opened.agent as unknown as { createConnection: () => undefined }).createConnection = () => undefined
    const { request, answer } = send(opened, { port, timeout: 30 })
    expect(await timeoutOf(request)).toBeLessThan(100)
    request.destroy()
    await errorOf(answer)
  })

  it('reaches a request that connects, sends or receives, as without a pool', async () => {
    const silent = await listenRaw(() => {})
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/write') response.write('x')
      else request.resume()
    })
    const opened = open(variant)
    const requests = [
      send(opened, { port, path: '/never', timeout: 40 }),
      send(opened, { port, path: '/write', timeout: 40 }),
      send(opened, { port: silent.port, timeout: 40 }),
    ]
    // agentkeepalive destroys a request that does not listen itself.
    const times = await Promise.all(requests.map(({ request }) => timeoutOf(request)))
    for (const time of times) {
      expect(time).toBeLessThan(150)
    }
    for (const { request } of requests) request.destroy()
    await Promise.all(requests.map(({ answer }) => errorOf(answer)))
  })

  it('of one request is not that of the next, parked or handed over', async () => {
    const { port, accepted } = await listen(scheme, slow)
    const opened = open(variant, { maxConnections: 1 })
    await sendPatiently(opened, { port, timeout: 120 }).answer
    const parked = send(opened, { port, path: '/250' })
    expect(await timeoutOf(parked.request, 240)).toBeNull()
    await parked.answer

    const first = sendPatiently(opened, { port, timeout: 120 })
    const handed = send(opened, { port, path: '/250' })
    expect(await timeoutOf(handed.request, 240)).toBeNull()
    await Promise.all([first.answer, handed.answer])

    // Set on the socket itself, node does not take it back.
    const direct = sendPatiently(opened, { port })
    direct.request.on('socket', (socket: net.Socket) => socket.setTimeout(120))
    const next = send(opened, { port, path: '/250' })
    next.request.on('socket', (socket: net.Socket) => socket.on('timeout', () => socket.destroy()))
    await Promise.all([direct.answer, next.answer])
    expect(accepted()).toBe(1)
  })

  it('does not meet a listener that an earlier request left on the socket', async () => {
    const { port, accepted } = await listen(scheme, slow)
    const opened = open(variant, { maxConnections: 1 })
    // As follow-redirects does.
    const leaveListener = (request: http.ClientRequest) =>
      request.on('socket', (socket: net.Socket) => {
        socket.removeListener('timeout', socket.destroy)
        socket.addListener('timeout', socket.destroy)
      })
    const first = send(opened, { port })
    leaveListener(first.request)
    const handed = sendPatiently(opened, { port, path: '/100', timeout: 30 })
    await Promise.all([first.answer, handed.answer])
    const again = send(opened, { port })
    leaveListener(again.request)
    await again.answer
    const parked = sendPatiently(opened, { port, path: '/100', timeout: 30 })
    await parked.answer
    expect(accepted()).toBe(1)
  })

  it('leaves no timer on an idle socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { keepAliveExpiry: '1m' })
    await sendPatiently(opened, { port, timeout: 30 }).answer
    await sleep(80)
    expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1 })
    const { request, answer } = sendPatiently(opened, { port })
    request.on('socket', (socket: net.Socket) => socket.setTimeout(60))
    await answer
    await sleep(110)
    expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1 })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
  })

  it('is not needed: acquireTimeout and connectTimeout come on time', async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const silent = await listenRaw(() => {})
    const hosts = { [`127.0.0.1:${silent.port}`]: { connectTimeout: 120 } }
    const opened = open(variant, { maxConnectionsPerHost: 1, acquireTimeout: 60, hosts })
    const elapsed = (since: () => number) => (error: NodeJS.ErrnoException) => [error.code, since()] as const
    const first = get(opened, { port, path: '/hold' })
    const outcomes = await Promise.all([
      errorOf(get(opened, { port })).then(elapsed(deadlineWatch(60))),
      ...(scheme === 'https' ? [errorOf(get(opened, { port: silent.port })).then(elapsed(deadlineWatch(120)))] : []),
    ])
    expect(outcomes[0]?.[0]).toBe('ERR_POOL_ACQUIRE_TIMEOUT')
    expect(outcomes[0]?.[1]).toBeLessThan(110)
    if (outcomes[1]) {
      expect(outcomes[1][0]).toBe('ERR_POOL_CONNECT_TIMEOUT')
      expect(outcomes[1][1]).toBeLessThan(170)
    }
    holding.release()
    await first
    await until(() => expect(opened.pool.stats()).toMatchObject({ acquireTimeouts: 1, pending: 0 }))
  })

  it("comes once to a listener of the 'error' that throws", async () => {
    const holding = new HoldingHandler()
    const { port } = await listen(scheme, holding.handler)
    const opened = open(variant, { maxConnections: 1, acquireTimeout: 40 })
    const caught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => caught.push(error))
    cleanup(() => {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    })
    const first = get(opened, { port, path: '/hold' })
    const client = scheme === 'http' ? http : await import('node:https')
    for (let index = 0; index < 3; index++) {
      // Without a listener the error is uncaught, as without a pool.
      client.get({ port, host: '127.0.0.1', agent: opened.agent })
    }
    await until(() => expect(caught).toHaveLength(3))
    for (const error of caught) expect(error).toMatchObject({ code: 'ERR_POOL_ACQUIRE_TIMEOUT' })
    holding.release()
    await first
    expect(await get(opened, { port })).toMatchObject({ reused: true })
  })
})
