import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as tlsConnect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { probeCertificate } from '../../src/conformance/probe/certificates.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import { RemoteProbe } from '../../src/conformance/probe/remote.ts'
import type { Http2Options, Probe } from '../../src/conformance/probe/types.ts'

const sessions: ClientHttp2Session[] = []
let probe: Probe

beforeEach(() => {
  probe = new LocalProbe()
})

afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await probe.stop()
})

async function open(options: Http2Options = { tapped: true }, scheme: 'http' | 'https' = 'https') {
  const origin = await probe.listen({ scheme, http2: options })
  const session = connect(`${scheme}://127.0.0.1:${origin.port}`, { ca: probeCertificate })
  sessions.push(session)
  const goaways: number[][] = []
  session.on('error', () => {}).on('goaway', (code, last) => goaways.push([code, last]))
  return { origin, session, goaways }
}

interface Answered {
  readonly status: number
  readonly body: string
  readonly interim: readonly number[]
  readonly trailers: IncomingHttpHeaders
}

async function ask(session: ClientHttp2Session, query = '', method = 'GET', body = ''): Promise<Answered> {
  const stream = session.request({ ':path': `/?${query}`, ':method': method }, { endStream: false })
  const interim: number[] = []
  let trailers: IncomingHttpHeaders = {}
  stream.on('headers', (headers) => interim.push(Number(headers[':status'])))
  stream.on('trailers', (headers) => {
    trailers = headers
  })
  stream.end(body)
  const status = new Promise<number>((resolve, reject) => {
    stream.on('response', (headers) => resolve(Number(headers[':status']))).on('error', reject)
  })
  return { status: await status, body: await text(stream), interim, trailers }
}

const ended = (stream: ClientHttp2Stream) =>
  new Promise<number>((resolve) => stream.on('error', () => {}).on('close', () => resolve(stream.rstCode ?? 0)))

const record = async () => (await probe.report()).connections

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  it('answers many at once on one connection, and counts its streams', async () => {
    const { session } = await open({ tapped: true }, scheme)
    const answers = Array.from({ length: 5 }, (_, n) => ask(session, `hold=all&n=${n}&size=4`))
    await vi.waitFor(async () => expect((await record())[0]?.requests).toHaveLength(5))
    await probe.release('all')
    for (const answer of answers) expect(await answer).toMatchObject({ status: 200, body: 'okok' })
    await ask(session)
    const connections = await record()
    expect(connections).toHaveLength(1)
    expect(connections[0]?.http2).toEqual({ streams: 6, open: expect.any(Number), peak: 5, refused: 0, goaways: 0, pings: 0 })
    await vi.waitFor(async () => expect((await record())[0]?.http2?.open).toBe(0))
    expect(connections[0]?.requests.map(({ httpVersion }) => httpVersion)).toEqual(Array(6).fill('2.0'))
  })

  it.each([
    ['echo=1', 'POST', { status: 200, body: 'hello' }],
    ['size=6', 'HEAD', { status: 200, body: '' }],
    ['status=204', 'GET', { status: 204, body: '' }],
    ['status=304', 'GET', { status: 304, body: '' }],
    ['interim=1', 'GET', { interim: [102], body: 'ok' }],
    ['trailers=1&size=4', 'GET', { body: 'okok', trailers: { 'x-probe-trailer': 'end' } }],
    ['size=100000&chunks=4&close=1&hint=timeout%3D1', 'GET', { status: 200, body: 'ok'.repeat(50_000) }],
  ])('answers as told: %s', async (query, method, expected) => {
    const { session } = await open({ tapped: true }, scheme)
    expect(await ask(session, query, method, method === 'POST' ? 'hello' : '')).toMatchObject(expected)
    await vi.waitFor(async () => {
      const [request] = (await record())[0]?.requests ?? []
      expect([request?.answeredAt, request?.endedAt]).toEqual([expect.any(Number), expect.any(Number)])
    })
  })

  it('resets a stream with the code it is told, before the answer or in it, and the session lives', async () => {
    const { session } = await open({ tapped: true }, scheme)
    for (const code of [1, 2, 7, 8, 11]) {
      expect(await ended(session.request({ ':path': `/?rst=${code}` }))).toBe(code)
      const cut = session.request({ ':path': `/?rstBody=${code}&size=100` })
      cut.resume()
      expect(await ended(cut)).toBe(code)
    }
    expect(await ask(session)).toMatchObject({ body: 'ok' })
    expect((await record()).length).toBe(1)
    expect((await record())[0]?.http2?.refused).toBe(2)
    expect(await ask(session, 'rst=7&first=1')).toMatchObject({ body: 'ok' })
  })

  it('sees a client that resets a stream', async () => {
    const { session } = await open({ tapped: true }, scheme)
    const left = session.request({ ':path': '/?hold=never' })
    await vi.waitFor(async () => expect((await record())[0]?.requests).toHaveLength(1))
    left.close(8)
    await vi.waitFor(async () => expect((await record())[0]?.requests[0]).toMatchObject({ streamCode: 8, answeredAt: null }))
    expect((await record())[0]?.http2?.open).toBe(0)
  })

  it('allows as many streams as it is told, also when told anew', async () => {
    const { session, origin } = await open({ maxStreams: 3 }, scheme)
    await ask(session)
    expect(session.remoteSettings.maxConcurrentStreams).toBe(3)
    for (const maxStreams of [7, 0, 2]) {
      expect(await probe.sessions(origin.id, { do: 'settings', maxStreams })).toBe(1)
      await vi.waitFor(() => expect(session.remoteSettings.maxConcurrentStreams).toBe(maxStreams))
    }
  })

  it('goes away gracefully: what has come is answered, and then the connection ends', async () => {
    for (const kind of ['graceful', 'announced'] as const) {
      const { session, origin, goaways } = await open({ tapped: kind === 'announced' }, scheme)
      const held = [ask(session, `hold=${kind}`), ask(session, `hold=${kind}`)]
      const seen = async () => (await record()).filter((one) => one.origin === origin.id)[0]
      await vi.waitFor(async () => expect((await seen())?.requests).toHaveLength(2))
      expect(await probe.sessions(origin.id, { do: 'goaway', kind })).toBe(1)
      await vi.waitFor(() => expect(goaways.at(-1)).toEqual([0, 3]))
      if (kind === 'announced') expect(goaways[0]).toEqual([0, 2 ** 31 - 1])
      expect((await seen())?.closedAt).toBeNull()
      await probe.release(kind)
      for (const answer of held) expect(await answer).toMatchObject({ body: 'ok' })
      await vi.waitFor(async () => expect((await seen())?.closedAt).not.toBeNull())
      expect((await seen())?.http2?.goaways).toBe(1)
    }
  })

  it('goes away hard: what it has not begun to answer was not processed', async () => {
    const { session, origin, goaways } = await open({ tapped: true }, scheme)
    const codes = [1, 2].map(() => ended(session.request({ ':path': '/?hold=never' })))
    await vi.waitFor(async () => expect((await record())[0]?.requests).toHaveLength(2))
    await probe.sessions(origin.id, { do: 'goaway', kind: 'hard' })
    expect(await Promise.all(codes)).toEqual([7, 7])
    expect(goaways).toEqual([[0, 0]])
    expect((await record())[0]?.requests.map(({ disowned }) => disowned)).toEqual([true, true])
    const second = await open({ tapped: true }, scheme)
    await ask(second.session)
    const left = ended(second.session.request({ ':path': '/?hold=never' }))
    await vi.waitFor(async () => expect((await record())[1]?.requests).toHaveLength(2))
    await probe.sessions(second.origin.id, { do: 'goaway', kind: 'hard' })
    expect(await left).toBe(7)
    expect(second.goaways).toEqual([[0, 1]])
    expect((await record())[1]?.requests.map(({ disowned }) => disowned)).toEqual([false, true])
  })

  it.each(['fin', 'rst'] as const)('ends connections with streams by %s', async (how) => {
    const { session, origin } = await open({ tapped: true }, scheme)
    const left = ended(session.request({ ':path': '/?hold=never' }))
    await vi.waitFor(async () => expect((await record())[0]?.requests).toHaveLength(1))
    expect(await probe.sessions(origin.id, { do: 'end', how })).toBe(1)
    await left
    await vi.waitFor(async () => expect((await record())[0]).toMatchObject({ closedBy: 'server', reset: how === 'rst' }))
  })

  it('falls silent, and answers no ping any more', async () => {
    const { session, origin } = await open({ tapped: true }, scheme)
    await ask(session)
    await new Promise((resolve) => session.ping(resolve))
    expect((await record())[0]?.http2?.pings).toBe(1)
    await probe.sessions(origin.id, { do: 'silence' })
    let answered = false
    session.ping(() => {
      answered = !session.destroyed
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(answered).toBe(false)
  })
})

it('goes away by itself: after so many requests, and after a time', async () => {
  const first = await open({ goawayAfterRequests: 2 })
  await ask(first.session)
  expect(first.goaways).toEqual([])
  await ask(first.session)
  await vi.waitFor(() => expect(first.goaways).toEqual([[0, 3]]))
  const second = await open({ tapped: true, goawayAfterMs: 20, goawayKind: 'hard' })
  second.session.request({ ':path': '/?hold=never' }).on('error', () => {})
  await vi.waitFor(() => expect(second.goaways).toEqual([[0, 0]]))
})

it('holds a body back by its window until it is read', async () => {
  const { session } = await open({ window: 1000 })
  const upload = session.request({ ':path': '/?hold=go&read=0', ':method': 'POST' })
  upload.on('error', () => {}).write(Buffer.alloc(100_000))
  await vi.waitFor(async () => expect((await record())[0]?.requests).toHaveLength(1))
  expect(await ask(session)).toMatchObject({ body: 'ok' })
  expect(upload.writableLength).toBe(100_000)
})

describe('by ALPN', () => {
  async function spoken(port: number, offered: string[] | undefined) {
    const socket = tlsConnect({ host: '127.0.0.1', port, ca: probeCertificate, ...(offered ? { ALPNProtocols: offered } : {}) })
    let heard = ''
    socket.setEncoding('latin1').on('data', (data) => {
      heard += data
    })
    const agreed = await new Promise((resolve, reject) =>
      socket.on('secureConnect', () => resolve(socket.alpnProtocol)).on('error', reject),
    )
    socket.write('GET /?close=1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve))
    return [agreed, heard.startsWith('HTTP/1.1 200')]
  }

  it('agrees to what it is told to by connection, if that is offered', async () => {
    const { port } = await probe.listen({ scheme: 'https', http2: { alpn: ['h2', 'http/1.1', 'lies', 'h2'] } })
    const both = ['http/1.1', 'h2']
    expect(await spoken(port, both)).toEqual(['h2', false])
    expect(await spoken(port, both)).toEqual(['http/1.1', true])
    expect(await spoken(port, both)).toEqual(['h2', true])
    expect(await spoken(port, ['http/1.1'])).toEqual(['http/1.1', true])
    expect(await spoken(port, undefined)).toEqual([false, true])
  })

  it('knows nothing of it, or refuses a client that only speaks HTTP/2', async () => {
    const { port } = await probe.listen({ scheme: 'https', http2: { alpn: [] } })
    expect(await spoken(port, ['h2'])).toEqual([false, true])
    const strict = await probe.listen({ scheme: 'https', http2: { alpn: ['http/1.1'] } })
    await expect(spoken(strict.port, ['h2'])).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' })
  })
})

it('in a process of its own, freezes before it has seen what comes, and goes on with a command', async () => {
  await probe.stop()
  probe = new RemoteProbe()
  const { session, origin, goaways } = await open()
  await ask(session)
  const sign = join(tmpdir(), `polypool-freeze-${process.pid}`)
  const frozen = probe.freeze(sign, { origin: origin.id, command: { do: 'goaway', kind: 'graceful' } })
  await vi.waitFor(() => expect(existsSync(`${sign}.on`)).toBe(true))
  const unseen = ended(session.request({ ':path': '/?unseen=1' }))
  await new Promise((resolve) => setTimeout(resolve, 30))
  writeFileSync(sign, '')
  await frozen
  expect(await unseen).toBe(7)
  expect(goaways).toEqual([[0, 1]])
  expect((await record())[0]?.requests).toHaveLength(1)
  for (const file of [sign, `${sign}.on`]) rmSync(file)
})
