import { existsSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { type Socket, connect as tcpConnect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { probeCertificate } from '../../src/conformance/probe/certificates.ts'
import { probeNow } from '../../src/conformance/probe/clock.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import { RemoteProbe } from '../../src/conformance/probe/remote.ts'
import type { OriginOptions, Probe } from '../../src/conformance/probe/types.ts'

describe.each([
  ['in this process', () => new LocalProbe()],
  ['in its own process', () => new RemoteProbe()],
] as const)('a probe %s', (_where, create) => {
  let probe: Probe
  const sockets: Socket[] = []

  beforeEach(() => {
    probe = create()
  })

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await probe.stop()
  })

  async function connect(options: OriginOptions = {}) {
    const origin = await probe.listen(options)
    const socket =
      options.scheme === 'https'
        ? tlsConnect({ host: '127.0.0.1', port: origin.port, ca: probeCertificate, servername: 'a.probe.test' })
        : tcpConnect({ host: '127.0.0.1', port: origin.port })
    sockets.push(socket)
    socket.setEncoding('latin1').on('error', () => {})
    let heard = ''
    socket.on('data', (data: string) => {
      heard += data
    })
    return {
      origin,
      socket,
      heard: () => heard,
      ask: (query: string, head = 'GET', body = '') =>
        socket.write(`${head} /?${query} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    }
  }

  async function record() {
    const [first] = (await probe.report()).connections
    if (!first) throw new Error('there is no connection')
    return first
  }

  const closedBy = async () => (await record()).closedBy

  it.each(['http', 'https'] as const)('records a connection over %s and its requests', async (scheme) => {
    const before = probeNow()
    const { ask, heard, socket } = await connect({ scheme })
    ask('size=4')
    await vi.waitFor(() => expect(heard()).toContain('okok'))
    ask('status=204&n=2', 'DELETE')
    await vi.waitFor(() => expect(heard()).toContain(' 204 '))
    await vi.waitFor(async () => expect((await record()).requests[1]?.answeredAt).toBeTypeOf('number'))
    const { requests, openedAt, closedAt, servername } = await record()
    expect(requests.map(({ method, url, httpVersion }) => [method, url, httpVersion])).toEqual([
      ['GET', '/?size=4', '1.1'],
      ['DELETE', '/?status=204&n=2', '1.1'],
    ])
    expect(closedAt).toBeNull()
    expect(servername).toBe(scheme === 'https' ? 'a.probe.test' : null)
    expect(openedAt).toBeGreaterThanOrEqual(before)
    expect(openedAt).toBeLessThanOrEqual(probeNow())
    expect(await probe.report()).toMatchObject({ opened: 1, open: 1, peak: 1, origins: { 0: { open: 1 } } })
    socket.end()
    await vi.waitFor(async () => expect(await closedBy()).toBe('client'))
    await vi.waitFor(async () => expect(await probe.report()).toMatchObject({ opened: 1, open: 0, peak: 1 }))
  })

  it.each(['http', 'https'] as const)('ends idle %s connections by FIN and by RST', async (scheme) => {
    for (const how of ['closeIdle', 'resetIdle'] as const) {
      const { ask, heard, origin, socket } = await connect({ scheme })
      let error: NodeJS.ErrnoException | undefined
      socket.on('error', (caught) => {
        error = caught
      })
      ask('')
      await vi.waitFor(() => expect(heard()).toContain('ok'))
      await sleep(10)
      expect(await probe[how](origin.id)).toBe(1)
      await vi.waitFor(() => expect(socket.closed || socket.readableEnded).toBe(true))
      expect(error?.code).toBe(how === 'resetIdle' ? 'ECONNRESET' : undefined)
      const last = (await probe.report()).connections.at(-1)
      expect(last).toMatchObject({ closedBy: 'server', reset: how === 'resetIdle' })
      expect(await probe[how](origin.id)).toBe(0)
    }
  })

  it('ends idle connections later, on its own clock', async () => {
    const { origin, ask, heard, socket } = await connect()
    ask('')
    await vi.waitFor(() => expect(heard()).toContain('ok'))
    const sign = join(tmpdir(), `polypool-probe-${process.pid}`)
    onTestFinished(() => rmSync(sign, { force: true }))
    await probe.endIdleLater(origin.id, 'fin', 50, sign)
    expect([await closedBy(), existsSync(sign)]).toEqual([null, false])
    await vi.waitFor(() => expect([socket.readableEnded, existsSync(sign)]).toEqual([true, true]))
  })

  it('holds an answer until it is released, before the headers or in the body', async () => {
    const { ask, heard } = await connect()
    ask('hold=first&size=4')
    await vi.waitFor(async () => expect((await record()).requests.length).toBe(1))
    await sleep(20)
    expect(heard()).toBe('')
    expect(await probe.release('first')).toBe(1)
    await vi.waitFor(() => expect(heard()).toMatch(/okok$/))
    ask('holdBody=second&size=8')
    await vi.waitFor(() => expect(heard()).toMatch(/\r\n\r\nokok$/))
    await probe.release('second')
    await vi.waitFor(() => expect(heard()).toMatch(/\r\n\r\nokokokok$/))
    ask('hold=second')
    await vi.waitFor(() => expect(heard()).toMatch(/\r\n\r\nok$/))
  })

  it.each([
    ['reset=headers', /^$/, true],
    ['size=100&reset=body', /200 OK[\s\S]*ok$/, true],
    ['fin=headers', /^$/, false],
    ['size=100&fin=body', /200 OK[\s\S]*ok$/, false],
    ['fin=after', /Connection: keep-alive[\s\S]*\r\n\r\nok$/, false],
    ['close=1', /connection: close[\s\S]*ok$/i, false],
    ['garbage=1', /^this is no HTTP/, false],
    ['http10=1', /^HTTP\/1.0 200 OK\r\n\r\nok$/, false],
  ])('ends a connection as told: %s', async (query, pattern, reset) => {
    const { ask, heard, socket } = await connect()
    ask(query)
    await vi.waitFor(() => expect(socket.closed || socket.readableEnded).toBe(true))
    expect(heard()).toMatch(pattern)
    await vi.waitFor(async () => expect(await record()).toMatchObject({ closedBy: 'server', reset }))
  })

  it.each([
    ['hint=timeout%3D2,max%3D3', /keep-alive: timeout=2,max=3/],
    ['size=6&chunks=3', /transfer-encoding: chunked[\s\S]*2\r\nok\r\n2\r\nok\r\n2\r\nok\r\n0/i],
    ['redirect=/x', / 302 [\s\S]*location: \/x/],
    ['interim=1', /^HTTP\/1.1 102 Processing\r\n\r\nHTTP\/1.1 200 OK/],
    ['extra=1', /ok(HTTP\/1.1 200 OK[\s\S]*forged)$/],
    ['echo=1', /\r\n\r\nhello$/],
    ['early=1', /\r\n\r\nok$/],
  ])('answers as told: %s', async (query, pattern) => {
    const { ask, heard } = await connect()
    ask(query, 'POST', 'hello')
    await vi.waitFor(() => expect(heard()).toMatch(pattern))
  })

  it.each(['reset', 'fin'])('ends only a connection that is used again, if so told: %s', async (how) => {
    const { ask, heard, socket } = await connect()
    ask(`${how}=reused`)
    await vi.waitFor(() => expect(heard()).toMatch(/ok$/))
    ask(`${how}=reused`)
    await vi.waitFor(() => expect(socket.closed).toBe(true))
  })

  it('sends no Keep-Alive header of its own and takes defaults for an origin', async () => {
    const { ask, heard, origin } = await connect()
    await probe.setBehaviour(origin.id, 'status=201&size=4')
    ask('size=2')
    await vi.waitFor(() => expect(heard()).toMatch(/ 201 [\s\S]*\r\n\r\nok$/))
    expect(heard()).not.toMatch(/keep-alive: timeout/i)
  })

  it('refuses a behaviour it does not know', async () => {
    const { ask, heard } = await connect()
    ask('reset=hedaers')
    await vi.waitFor(() => expect(heard()).toMatch(/ 500 [\s\S]*"hedaers" is none of headers, reused, body/))
  })

  it('stalls, resets and refuses whole origins', async () => {
    const stalled = await connect({ mode: 'stall' })
    stalled.ask('')
    const reset = await connect({ mode: 'reset' })
    const refused = await connect({ mode: 'refuse' })
    await vi.waitFor(() => expect([reset.socket.closed, refused.socket.closed]).toEqual([true, true]))
    await sleep(30)
    expect(stalled.heard()).toBe('')
    expect(await probe.report()).toMatchObject({ opened: 2, open: 1 })
    stalled.socket.end()
    await vi.waitFor(async () => expect(await closedBy()).toBe('client'))
  })

  it('continues, refuses or ignores an expectation, and echoes through an upgrade and CONNECT', async () => {
    const { port } = await probe.listen()
    const told = (path: string, headers: object, method = 'POST') =>
      httpRequest({ port, path, method, headers: { ...headers } }).on('error', () => {})
    const expecting = told('/?echo=1', { expect: '100-continue' })
    expecting.on('continue', () => expecting.end('hello')).flushHeaders()
    const answer = await new Promise<NodeJS.ReadableStream>((resolve) => expecting.on('response', resolve))
    expect(await text(answer)).toBe('hello')
    const refused = told('/?expect=refuse', { expect: '100-continue' })
    refused.flushHeaders()
    expect(await new Promise((resolve) => refused.on('response', ({ statusCode }) => resolve(statusCode)))).toBe(417)
    refused.destroy()
    for (const [method, event, headers] of [
      ['GET', 'upgrade', { connection: 'upgrade', upgrade: 'echo' }],
      ['CONNECT', 'connect', {}],
    ] as const) {
      const asking = told(method === 'CONNECT' ? 'a:1' : '/', headers, method)
      asking.end()
      const socket = await new Promise<Socket>((resolve) => asking.on(event, (_response, got) => resolve(got)))
      sockets.push(socket)
      socket.write('echo')
      expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('echo')
    }
  })
})

it('a probe in its own process can be blocked, and stopped twice', async () => {
  const probe = new RemoteProbe()
  await probe.listen()
  const blocked = probe.block(150)
  // Asked after the block, it answers after it: so not before a timer that is shorter.
  const first = await Promise.race([sleep(100, 'timer'), probe.report().then(() => 'report')])
  expect(first).toBe('timer')
  await blocked
  await probe.stop()
  await probe.stop()
})

it('tells times that are comparable with those of this process, whatever the wall clock was when either of them started', async () => {
  vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(performance.timeOrigin + 5000)
  onTestFinished(() => void vi.restoreAllMocks())
  const probe = new RemoteProbe()
  onTestFinished(() => probe.stop())
  const { port } = await probe.listen()
  const from = probeNow()
  const socket = tcpConnect({ host: '127.0.0.1', port })
  onTestFinished(() => void socket.destroy())
  let opened: number | undefined
  while (opened === undefined) opened = (await probe.report()).connections[0]?.openedAt
  expect(opened).toBeGreaterThan(from)
  expect(opened).toBeLessThan(probeNow())
})
