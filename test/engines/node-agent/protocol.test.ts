import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  cleanup,
  countSockets,
  errorOf,
  expectEmpty,
  get,
  listen,
  open,
  probeCertificate,
  probeKey,
  type Scheme,
  send,
  sleep,
  until,
  variants,
} from './support.ts'

/** A server that answers every request head with the given bytes, and says how many heads it got. */
async function script(scheme: Scheme, answer: (socket: Socket, head: string, index: number) => void) {
  const heads: string[] = []
  const onSocket = (socket: Socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      if (!/ HTTP\/1\.1\r\n/.test(text)) return
      heads.push(text)
      answer(socket, text, heads.length)
    })
  }
  const sockets = new Set<Socket>()
  const server =
    scheme === 'http' ? net.createServer(onSocket) : tls.createServer({ key: probeKey, cert: probeCertificate }, onSocket)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as net.AddressInfo).port, heads, accepted: () => sockets.size }
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe.each(variants)('$name', (variant) => {
  const { scheme } = variant

  it('gives an upgraded socket to the caller, and its place to the next request', async () => {
    const { port, server } = await listen(scheme)
    server.on('upgrade', (_, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.pipe(socket)
    })
    const opened = open(variant, { maxConnections: 1 })
    const upgrade = send(opened, { port, headers: { Connection: 'Upgrade', Upgrade: 'echo' } })
    const next = get(opened, { port })
    const [, socket] = (await once(upgrade.request, 'upgrade')) as [IncomingMessage, Socket]
    cleanup(() => socket.destroy())
    expect(await next).toMatchObject({ body: 'ok' })
    expect(opened.pool.stats()).toMatchObject({ open: 1, created: 2 })
    socket.write('hello')
    expect(String((await once(socket, 'data'))[0])).toBe('hello')
    // The engine is off the socket: no listener of its own, and the caller's errors are the caller's.
    expect(socket.listenerCount('error')).toBe(0)
    await opened.pool.destroy()
    expect(socket.destroyed).toBe(false)
    await expectEmpty(opened)
  })

  it('closes the connection of an upgrade that nobody handles', async () => {
    const { port } = await script(scheme, (socket) =>
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'),
    )
    const opened = open(variant, { maxConnections: 1 })
    await errorOf(get(opened, { port, headers: { Connection: 'Upgrade', Upgrade: 'echo' } }))
    await expectEmpty(opened)
  })

  it('gives the tunnel of CONNECT to the caller', async () => {
    const { port, server } = await listen(scheme)
    server.on('connect', (request, socket: Socket) => {
      socket.end(`HTTP/1.1 ${request.url?.startsWith('good') ? '200 OK' : '403 Forbidden'}\r\n\r\nbytes`)
    })
    const opened = open(variant, { maxConnections: 1 })
    for (const path of ['good.probe.test:443', 'bad.probe.test:443']) {
      const request = send(opened, { port, method: 'CONNECT', path }).request
      const [response, socket] = (await once(request, 'connect')) as [IncomingMessage, Socket]
      expect(response.statusCode).toBe(path.startsWith('good') ? 200 : 403)
      await expectEmpty(opened)
      socket.destroy()
    }
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
  })

  it('waits for 100 Continue, on a new connection and on a used one', async () => {
    const { port, accepted } = await listen(scheme, (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.end(body))
    })
    const opened = open(variant, { maxConnections: 1 })
    const client = scheme === 'http' ? http : await import('node:https')
    for (let round = 0; round < 3; round++) {
      const request = client.request({
        host: '127.0.0.1',
        port,
        agent: opened.agent,
        method: 'POST',
        headers: { Expect: '100-continue' },
      })
      const answer = answerOf(request)
      request.flushHeaders()
      await once(request, 'continue')
      request.end('body')
      expect(await answer).toMatchObject({ body: 'body', reused: round > 0 })
    }
    expect(accepted()).toBe(1)
  })

  it('passes 1xx answers on and keeps the connection', async () => {
    const { port, accepted } = await script(scheme, (socket) =>
      socket.write(`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok}`),
    )
    const opened = open(variant)
    for (let round = 0; round < 2; round++) {
      const { request, answer } = send(opened, { port })
      const codes: number[] = []
      request.on('information', ({ statusCode }) => codes.push(statusCode))
      expect(await answer).toMatchObject({ body: 'ok', reused: round > 0 })
      expect(codes).toEqual([102, 103])
    }
    expect(accepted()).toBe(1)
  })

  it('does not hand over a socket whose request is still being written', async () => {
    let bytes = 0
    const { port, heads } = await script(scheme, (socket, head, index) => {
      socket.write(ok)
      if (index > 1) return
      // Answered early, and read slowly.
      bytes = head.length
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      socket.pause()
      setTimeout(() => socket.resume(), 100)
    })
    const opened = open(variant, { maxConnections: 1 })
    const first = send(opened, { port, method: 'POST', body: 'x'.repeat(6e6) })
    const second = send(opened, { port })
    let answered = false
    first.request.on('response', () => {
      answered = true
    })
    await until(() => expect(answered).toBe(true))
    await sleep(20)
    expect(heads).toHaveLength(1)
    expect(opened.pool.stats()).toMatchObject({ active: 1, pending: 1 })
    await Promise.all([first.answer, second.answer])
    expect(bytes).toBeGreaterThan(6e6)
    expect(opened.pool.stats()).toMatchObject({ open: 1, created: 1, reused: 1 })
  })

  it.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('does not reuse the connection of an answer with %s', async (_, answer) => {
    const { port, accepted } = await script(scheme, (socket) => socket.write(answer))
    const opened = open(variant, { maxConnections: 1 })
    const counter = countSockets(port)
    const answers = await Promise.all([get(opened, { port }), get(opened, { port }), get(opened, { port })])
    for (const answer of answers) expect(answer).toMatchObject({ body: 'ok', reused: false })
    await expectEmpty(opened)
    expect(accepted()).toBe(3)
    expect(counter.peak).toBe(1)
  })

  it('frees the place of a body that ends with the connection, or too early, or is nonsense', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n',
      'nonsense\r\n\r\n',
      '',
    ]
    const { port } = await script(scheme, (socket, _, index) => {
      if (index > answers.length) socket.write(ok)
      else socket.end(answers[index - 1] ?? '')
    })
    const opened = open(variant, { maxConnections: 1 })
    const requests = Array.from({ length: 6 }, () => get(opened, { port }))
    const settled = await Promise.allSettled(requests)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', ...Array(4).fill('rejected'), 'fulfilled'])
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1, pending: 0 }))
  })

  it('trusts no connection that says more than it was asked', async () => {
    const { port, accepted } = await script(scheme, (socket, _, index) => {
      socket.write(ok)
      if (index === 1) setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'), 20)
    })
    const opened = open(variant, { maxConnections: 1 })
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    await until(() => expect(opened.pool.stats().open).toBe(0))
    expect(await get(opened, { port })).toMatchObject({ body: 'ok', reused: false })
    expect(accepted()).toBe(2)
  })

  it('closes a connection with rubbish behind the answer', async () => {
    const { port, accepted } = await script(scheme, (socket) =>
      socket.write(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`),
    )
    const opened = open(variant, { maxConnections: 1 })
    for (let round = 0; round < 3; round++) expect(await get(opened, { port })).toMatchObject({ body: 'ok', reused: false })
    await expectEmpty(opened)
    expect(accepted()).toBe(3)
  })

  it('keeps the place of a body that is not read, until it is read, destroyed, or the pool is destroyed', async () => {
    const big = 'x'.repeat(1e6)
    const { port } = await listen(scheme, (_, response) => response.end(big))
    const opened = open(variant, { maxConnections: 1, acquireTimeout: '10s' })
    const unread = async () => {
      const { request } = sendUnread()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      return response
    }
    const client = scheme === 'http' ? http : await import('node:https')
    const sendUnread = () => ({ request: client.get({ host: '127.0.0.1', port, agent: opened.agent }).on('error', () => {}) })
    for (const end of ['resume', 'destroy', 'destroy with error'] as const) {
      const response = await unread()
      response.on('error', () => {})
      const next = get(opened, { port })
      await sleep(30)
      expect(opened.pool.stats()).toMatchObject({ active: 1, pending: 1 })
      if (end === 'resume') response.resume()
      else response.destroy(end === 'destroy' ? undefined : new Error('enough'))
      expect((await next).body).toHaveLength(big.length)
    }
    await unread()
    await opened.pool.destroy()
    await expectEmpty(opened)
  })

  it('ends an answer that the server breaks off', async () => {
    const { port } = await script(scheme, (socket, _, index) => {
      if (index === 2) return socket.write(ok)
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok')
      setTimeout(() => socket.destroy(), 10)
      return undefined
    })
    const opened = open(variant, { maxConnections: 1 })
    const broken = errorOf(get(opened, { port }))
    const next = get(opened, { port })
    expect(await broken).toMatchObject({ code: 'ECONNRESET' })
    expect(await next).toMatchObject({ body: 'ok' })
  })

  it('survives what callers throw in their listeners', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const caught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => caught.push(error))
    cleanup(() => {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    })
    for (const event of ['socket', 'response', 'finish']) {
      const { request } = send(opened, { port })
      const next = send(opened, { port })
      request.prependListener(event, () => {
        throw new Error(`in ${event}`)
      })
      await until(() => expect(caught).toContainEqual(new Error(`in ${event}`)))
      // What was thrown may have left the first request without an end; it is its caller's to destroy.
      request.destroy()
      await next.answer
    }
    await opened.pool.close()
    await expectEmpty(opened)
  })

  it('gives a used socket the highWaterMark of its request', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const marks: number[] = []
    for (const highWaterMark of [1000, 2000, undefined, 3000]) {
      const { request, answer } = send(opened, { port, ...(highWaterMark && { highWaterMark }) } as object)
      request.on('socket', (socket: Socket) => marks.push(socket.writableHighWaterMark))
      await answer
    }
    expect(marks).toEqual([1000, 2000, 2000, 3000])
  })

  it.each(['KEEP-ALIVE: max=1, timeout=9', 'Keep-Alive: max=1; timeout=9'])(
    'heeds Keep-Alive hints, also when it hands a connection over: %s',
    async (header) => {
      const { port, accepted } = await script(scheme, (socket) =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${header}\r\n\r\nok`),
      )
      const opened = open(variant, { maxConnections: 1 })
      await Promise.all(Array.from({ length: 4 }, () => get(opened, { port })))
      expect(accepted()).toBe(2)
    },
  )
})
