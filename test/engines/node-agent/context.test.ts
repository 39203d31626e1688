import { AsyncLocalStorage } from 'node:async_hooks'
import type http from 'node:http'
import { describe, expect, it } from 'vitest'
import { blockLoop, errorOf, get, listen, type Opened, open, send, until, variants } from './support.ts'

const storage = new AsyncLocalStorage<string>()

/** Sends a request in a context of its own and collects the context that each event sees. */
function sendIn(name: string, opened: Opened, options: http.RequestOptions & { body?: string }) {
  return storage.run(name, () => {
    const seen: { [event: string]: string | undefined } = {}
    const { request, answer } = send(opened, options)
    for (const event of ['socket', 'response', 'error', 'close', 'timeout', 'finish']) {
      request.on(event, () => {
        seen[event] = storage.getStore()
      })
    }
    request.on('response', (response: http.IncomingMessage) =>
      response.on('end', () => {
        seen.end = storage.getStore()
      }),
    )
    return { request, answer, seen }
  })
}

const inAll = (name: string, ...events: string[]) => Object.fromEntries(events.map((event) => [event, name]))

describe.each(variants)("$name: the caller's async context", (variant) => {
  const { scheme } = variant
  const served = ['socket', 'response', 'end', 'close']

  it('holds for a new, a handed over, a reused and a verified connection', async () => {
    const { port } = await listen(scheme)
    const opened = open(variant, { maxConnections: 1 })
    const first = sendIn('first', opened, { port })
    const handed = sendIn('handed', opened, { port })
    const second = sendIn('second', opened, { port })
    await Promise.all([first.answer, handed.answer, second.answer])
    const reused = sendIn('reused', opened, { port })
    await reused.answer
    blockLoop(20)
    const verified = sendIn('verified', opened, { port })
    await verified.answer
    expect(first.seen).toMatchObject(inAll('first', ...served))
    expect(handed.seen).toMatchObject(inAll('handed', ...served))
    expect(second.seen).toMatchObject(inAll('second', ...served))
    expect(reused.seen).toMatchObject(inAll('reused', ...served))
    expect(verified.seen).toMatchObject(inAll('verified', ...served))
    expect(opened.pool.stats()).toMatchObject({ created: 1, reused: 4 })
  })

  it("holds for a connection that is made when another host's has gone", async () => {
    const [one, two] = await Promise.all([listen(scheme), listen(scheme)])
    const opened = open(variant, { maxConnections: 1 })
    await get(opened, { port: one.port })
    const evicting = sendIn('evicting', opened, { port: two.port })
    const again = sendIn('again', opened, { port: one.port })
    await Promise.all([evicting.answer, again.answer])
    expect(evicting.seen).toMatchObject(inAll('evicting', ...served))
    expect(again.seen).toMatchObject(inAll('again', ...served))
  })

  it('holds for what ends a request that waits', async () => {
    const held: http.ServerResponse[] = []
    const { port } = await listen(scheme, (_, response) => held.push(response))
    const opened = open(variant, { maxConnections: 1, maxPending: 4, acquireTimeout: 200 })
    const first = get(opened, { port })
    const late = sendIn('late', opened, { port, timeout: 20 })
    const left = sendIn('left', opened, { port })
    const signalled = new AbortController()
    const aborted = sendIn('aborted', opened, { port, signal: signalled.signal })
    const timed = sendIn('timed', opened, { port })
    timed.request.setTimeout(20, () => timed.request.destroy(new Error('too slow')))
    const refused = sendIn('refused', opened, { port })
    storage.run('somebody else', () => {
      left.request.destroy(new Error('mine'))
      signalled.abort()
    })
    await Promise.all([late, left, aborted, timed, refused].map(({ answer }) => errorOf(answer)))
    await until(() => expect(late.seen.close).toBeDefined())
    expect(late.seen).toEqual(inAll('late', 'timeout', 'error', 'close'))
    expect(left.seen).toEqual(inAll('left', 'error', 'close'))
    expect(aborted.seen).toEqual(inAll('aborted', 'error', 'close'))
    expect(timed.seen).toMatchObject(inAll('timed', 'timeout', 'error', 'close'))
    expect(refused.seen).toMatchObject(inAll('refused', 'error', 'close'))
    for (const response of held) response.end('ok')
    await first
  })

  it('holds for a connection that breaks', async () => {
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/break') request.socket.destroy()
      else response.end('ok')
    })
    const opened = open(variant, { maxConnections: 1 })
    await get(opened, { port })
    const running = get(opened, { port })
    const broken = sendIn('broken', opened, { port, path: '/break' })
    const next = sendIn('next', opened, { port })
    await Promise.all([running, errorOf(broken.answer), next.answer])
    expect(broken.seen).toMatchObject(inAll('broken', 'socket', 'error', 'close'))
    expect(next.seen).toMatchObject(inAll('next', ...served))
  })

  it('holds for an asynchronous createConnection that calls back from anywhere', async () => {
    const { port } = await listen('http')
    const opened = open({ ...variant, scheme: 'http' }, { maxConnections: 1 })
    const calls: (() => void)[] = []
    ;(opened.agent as unknown as { createConnection: unknown }).createConnection = (
      options: { port: number },
      callback: (error: null, socket: unknown) => void,
    ) => {
      void import('node:net').then((net) => calls.push(() => callback(null, net.connect(options.port, '127.0.0.1'))))
    }
    const dialled = sendIn('dialled', opened, { port })
    const next = sendIn('next', opened, { port })
    await until(() => expect(calls).toHaveLength(1))
    storage.run('somebody else', () => calls[0]?.())
    await Promise.all([dialled.answer, next.answer])
    expect(dialled.seen).toMatchObject(inAll('dialled', 'socket', 'close'))
    expect(next.seen).toMatchObject(inAll('next', ...served))
  })
})
