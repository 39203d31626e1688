import type net from 'node:net'
import { describe, expect, it } from 'vitest'
import { countSockets, expectEmpty, get, listen, open, send, sleep, until, variants } from './support.ts'

describe.each(variants)('$name', (variant) => {
  const { scheme } = variant

  it('reuses one connection, and parks it in the native freeSockets', async () => {
    const { port, accepted } = await listen(scheme)
    const opened = open(variant)
    expect(await get(opened, { port })).toMatchObject({ status: 200, body: 'ok', reused: false })
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1, created: 1 }))
    expect(Object.values(opened.agent.freeSockets).flat()).toHaveLength(1)
    expect(opened.agent.sockets).toEqual({})
    expect(await get(opened, { port })).toMatchObject({ reused: true })
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1, created: 1, reused: 1 }))
    expect(accepted()).toBe(1)
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('keeps a thousand requests on one connection without gathering listeners', async () => {
    const { port, accepted } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1, acquireTimeout: '30s' })
    const warnings: string[] = []
    const onWarning = (warning: Error) => warnings.push(warning.name)
    process.on('warning', onWarning)
    await get(opened, { port })
    await until(() => expect(opened.pool.stats().idle).toBe(1))
    const socket = Object.values(opened.agent.freeSockets).flat()[0]
    const listeners = () => Object.fromEntries((socket?.eventNames() ?? []).map((name) => [name, socket?.listenerCount(name)]))
    const before = listeners()
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 100 }, () => get(opened, { port })))
    await until(() => expect(opened.pool.stats().idle).toBe(1))
    expect(listeners()).toEqual(before)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(accepted()).toBe(1)
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 1000 })
  })

  it('holds the total over both schemes, and hands places from host to host', async () => {
    const servers = await Promise.all([listen('http'), listen('https'), listen('http'), listen('https')])
    const counter = countSockets(...servers.map(({ port }) => port))
    const { pool } = open(variant, { maxConnections: 2 })
    const requests = Array.from({ length: 80 }, (_, index) => {
      const at = index % 4
      const scheme = at % 2 === 0 ? 'http' : 'https'
      return get({ agent: pool.options[scheme], scheme }, { port: servers[at]?.port })
    })
    await Promise.all(requests)
    expect(counter.peak).toBe(2)
    expect(pool.stats().open).toBeLessThanOrEqual(2)
    await pool.close()
    await expectEmpty({ pool })
    expect(counter.open).toBe(0)
  })

  it('sends Connection: close when keepAlive is false', async () => {
    const { port, accepted } = await listen(scheme, (request, response) => response.end(request.headers.connection))
    const opened = open(variant, { keepAlive: false })
    expect(await get(opened, { port })).toMatchObject({ body: 'close', reused: false })
    expect(await get(opened, { port, headers: ['Accept', '*/*', 'Host', 'x'] })).toMatchObject({ body: 'close' })
    expect(await get(opened, { port, method: 'POST', headers: { Expect: '100-continue' }, body: 'x' })).toMatchObject({
      body: 'close',
    })
    await until(() => expect(opened.pool.stats().open).toBe(0))
    expect(accepted()).toBe(3)
  })

  it('sends Connection: close to the hosts alone whose keepAlive is false, and the other way round', async () => {
    const { port } = await listen(scheme, (request, response) => response.end(request.headers.connection))
    for (const keepAlive of [true, false]) {
      const opened = open(variant, { keepAlive, hosts: { localhost: { keepAlive: !keepAlive } } })
      const expected = (on: boolean) => (on ? 'keep-alive' : 'close')
      expect((await get(opened, { port, host: '127.0.0.1' })).body).toBe(expected(keepAlive))
      expect((await get(opened, { port, host: 'localhost', family: 4 })).body).toBe(expected(!keepAlive))
      expect((await get(opened, { port, host: 'localhost', family: 4, headers: ['Host', 'localhost'] })).body).toBe(
        expected(!keepAlive),
      )
      await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1 }))
    }
  })

  it('applies a changed keepAlive to running connections', async () => {
    const { port } = await listen(scheme, (request, response) => response.end(request.headers.connection))
    const opened = open(variant)
    await get(opened, { port })
    await until(() => expect(opened.pool.stats().idle).toBe(1))
    opened.pool.reconfigure({ keepAlive: false })
    await until(() => expect(opened.pool.stats().open).toBe(0))
    expect((await get(opened, { port })).body).toBe('close')
    opened.pool.reconfigure({ keepAlive: true })
    expect((await get(opened, { port })).body).toBe('keep-alive')
    expect((await get(opened, { port })).reused).toBe(true)
  })

  it('keeps sockets and freeSockets truthful, whoever gets the socket', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const counts = () => [opened.agent.sockets, opened.agent.freeSockets].map((map) => Object.values(map).flat().length)
    const seen: number[][] = []
    const requests = [() => {}, () => {}, () => sleep(30), () => {}]
    for (const before of requests) {
      await before()
      const pair = [send(opened, { port }), send(opened, { port })]
      for (const { request } of pair) request.on('response', () => seen.push(counts()))
      await Promise.all(pair.map(({ answer }) => answer))
      expect(counts()).toEqual([0, 1])
    }
    expect(seen).toEqual(Array(8).fill([1, 0]))
    expect(opened.agent.requests).toEqual({})
    expect(opened.pool.stats().created).toBe(1)
  })

  it("is not misled by a 'free' that comes while the socket is in use", async () => {
    const { port } = await listen(scheme, (_, response) => setTimeout(() => response.end('ok'), 20))
    const opened = open(variant, { maxConnections: 1 })
    const first = send(opened, { port })
    const second = send(opened, { port })
    first.request.on('socket', (socket: net.Socket) => setTimeout(() => socket.emit('free'), 5))
    await sleep(15)
    expect(opened.pool.stats()).toMatchObject({ active: 1, pending: 1 })
    expect(await first.answer).toMatchObject({ body: 'ok' })
    expect(await second.answer).toMatchObject({ body: 'ok', reused: true })
  })

  it('survives agent.destroy()', async () => {
    const { port } = await listen(scheme, (request, response) => {
      if (request.url !== '/held') response.end('ok')
    })
    const opened = open(variant, { maxConnections: 2 })
    const held = send(opened, { port, path: '/held' })
    await get(opened, { port })
    const failure = expect(held.answer).rejects.toMatchObject({ code: 'ECONNRESET' })
    await sleep(20)
    opened.agent.destroy()
    await failure
    await expectEmpty(opened)
    expect(await get(opened, { port })).toMatchObject({ body: 'ok', reused: false })
  })

  it('answers HEAD, 204 and 304 on one connection', async () => {
    const { port, accepted } = await listen(scheme, (request, response) => {
      response.statusCode = Number(request.url?.slice(1) || 200)
      // Without it node's parser takes the end of the connection for the end of an answer to HEAD.
      if (response.statusCode === 200) response.setHeader('content-length', 4)
      response.end(response.statusCode === 200 ? 'body' : undefined)
    })
    const opened = open(variant)
    expect(await get(opened, { port, method: 'HEAD', path: '/200' })).toMatchObject({ body: '' })
    expect(await get(opened, { port, path: '/204' })).toMatchObject({ status: 204 })
    expect(await get(opened, { port, path: '/304' })).toMatchObject({ status: 304 })
    expect(await get(opened, { port, path: '/200' })).toMatchObject({ body: 'body', reused: true })
    expect(accepted()).toBe(1)
  })
})
