import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { generations, listenBy, open, serve, serveRaw, type Told, until, versions } from './harness.ts'

const echo: Parameters<typeof serve>[0] = (request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
}

describe.each(versions)('$name', (version) => {
  const { api } = version

  test('its dispatcher is one of undici, with all methods', async () => {
    const { origin } = await serve(echo)
    const { dispatcher } = open(version)
    expect(dispatcher).toBeInstanceOf(api.Dispatcher)
    const { statusCode, body } = await api.request(`${origin}/a?b=1`, { dispatcher })
    expect([statusCode, await body.text()]).toEqual([200, 'GET /a?b=1 '])
    expect(await (await api.fetch(`${origin}/f`, { dispatcher, method: 'POST', body: 'x' })).text()).toBe('POST /f x')
    const sink = new PassThrough()
    await api.stream(`${origin}/s`, { dispatcher, method: 'GET' }, () => sink)
    expect(String(sink.read())).toBe('GET /s ')
    const through = api.pipeline(`${origin}/p`, { dispatcher, method: 'PUT' }, ({ body }) => body)
    expect(String(await Readable.from(['p', 'q']).pipe(through).toArray())).toBe('PUT /p pq')
  })

  test.each([
    ['a string', 'text', 'text'],
    ['a buffer', Buffer.from('bytes'), 'bytes'],
    ['a typed array', new Uint8Array([104, 105]), 'hi'],
    ['a stream', () => Readable.from(['a', 'b']), 'ab'],
    ['an async iterable', () => chunks(), 'xyz'],
  ])('sends %s', async (_, given, expected) => {
    const { origin } = await serve(echo)
    const { dispatcher } = open(version, { maxConnections: 1 })
    // Twice: on a new connection and on a reused one.
    for (let i = 0; i < 2; i++) {
      const { body } = await api.request(origin, {
        dispatcher,
        method: 'POST',
        body: typeof given === 'function' ? given() : given,
      })
      expect(await body.text()).toBe(`POST / ${expected}`)
    }
  })

  test('interceptors can be composed with it', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' }).end()
      else response.end(request.url)
    })
    const { dispatcher } = open(version)
    const composed = (dispatcher as unknown as { compose(interceptor: unknown): object }).compose(
      api.interceptors.redirect({ maxRedirections: 2 }),
    )
    const { body } = await api.request(`${origin}/from`, { dispatcher: composed })
    expect(await body.text()).toBe('/to')
  })

  describe.each(generations)('a %s handler', (generation) => {
    const options = (origin: string, path = '/') => ({ origin, path, method: 'GET' })

    test('is told everything once, on a new and on a reused connection', async () => {
      const { origin } = await serve(echo)
      const { dispatcher } = open(version)
      for (let i = 0; i < 2; i++) {
        const told = listenBy(generation)
        expect(dispatcher.dispatch(options(origin), told.handler)).toBe(true)
        expect(await told.done).toEqual({ status: 200, body: 'GET / ' })
        told.abort(new Error('too late'))
        expect(told.events).toEqual(['start', 'headers 200', 'end'])
      }
    })

    test('takes an URL as origin, and any spelling of it', async () => {
      const { origin, sockets } = await serve(echo)
      const pool = open(version)
      for (const spelling of [origin, new URL(origin), `${origin.toUpperCase()}/`]) {
        const told = listenBy(generation)
        pool.dispatcher.dispatch({ origin: spelling as string, path: '/', method: 'GET' }, told.handler)
        await told.done
      }
      expect(sockets.length).toBe(1)
      expect(Object.keys(pool.stats().hosts)).toEqual([origin])
    })

    test.each([
      ['no origin', { origin: undefined }],
      ['an empty origin', { origin: '' }],
      ['an origin with a path', { origin: 'http://localhost/a' }],
      ['another protocol', { origin: 'ftp://localhost' }],
      ['a bad path', { path: 5 }],
      ['a bad method', { method: 'G T' }],
      ['bad headers', { headers: ['odd'] }],
      ['a bad body', { body: 5 }],
    ])('is told of %s, and no slot is lost', async (_, bad) => {
      const { origin, sockets } = await serve(echo)
      const pool = open(version, { maxConnections: 1 })
      const good = options(origin)
      const fail = async () => {
        const told = listenBy(generation)
        pool.dispatcher.dispatch({ ...good, ...bad } as never, told.handler)
        expect((await told.done).error).toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
        await until(() => pool.stats().active === 0)
      }
      const succeed = async () => {
        const told = listenBy(generation)
        pool.dispatcher.dispatch(good, told.handler)
        expect((await told.done).status).toBe(200)
      }
      await fail()
      await succeed()
      await fail()
      await succeed()
      // What was wrong has not cost the idle connection either.
      expect(sockets.length).toBe(1)
    })

    test('that throws in its start gets its own error, and the connection is free', async () => {
      const { origin, seen } = await serve(echo)
      const pool = open(version, { maxConnections: 1 })
      for (let i = 0; i < 2; i++) {
        const told = listenBy(generation)
        const boom = () => {
          throw new Error('boom')
        }
        Object.assign(told.handler, { [generation === 'legacy' ? 'onConnect' : 'onRequestStart']: boom })
        pool.dispatcher.dispatch(options(origin, '/never'), told.handler)
        expect((await told.done).error?.message).toBe('boom')
        const after = listenBy(generation)
        pool.dispatcher.dispatch(options(origin, '/after'), after.handler)
        expect((await after.done).status).toBe(200)
      }
      expect(seen).toEqual(['GET /after', 'GET /after'])
    })

    test('that throws at the end is told of it, and the connection was free already', async () => {
      const { origin } = await serve(echo)
      const pool = open(version, { maxConnections: 1 })
      const told = listenBy(generation)
      const boom = () => {
        throw new Error('boom')
      }
      Object.assign(told.handler, { [generation === 'legacy' ? 'onComplete' : 'onResponseEnd']: boom })
      pool.dispatcher.dispatch(options(origin), told.handler)
      expect((await told.done).error?.message).toBe('boom')
      expect(pool.stats()).toMatchObject({ open: 1, idle: 1 })
    })

    test('can abort while the response comes', async () => {
      const { origin } = await serve((_request, response) => void response.write('first'))
      const pool = open(version)
      const told = listenBy(generation)
      pool.dispatcher.dispatch(options(origin), told.handler)
      await until(() => told.events.includes('headers 200'))
      const reason = new Error('enough')
      told.abort(reason)
      expect((await told.done).error).toBe(reason)
      await until(() => pool.stats().open === 0)
    })

    test('hears of interim answers', async () => {
      const { origin } = await serve((_request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' })
        response.end('done')
      })
      const told = listenBy(generation)
      open(version).dispatcher.dispatch(options(origin), told.handler)
      await told.done
      expect(told.events).toEqual(['start', 'headers 103', 'headers 200', 'end'])
    })

    test('pauses and goes on', async () => {
      const { origin } = await serve((_request, response) => void response.end('x'.repeat(1_000_000)))
      const pool = open(version, { maxConnections: 1 })
      const told = listenBy(generation)
      const { resume, paused } = pauseOnce(told, generation)
      pool.dispatcher.dispatch(options(origin), told.handler)
      await paused
      expect(pool.stats().active).toBe(1)
      resume()
      expect((await told.done).body.length).toBe(1_000_000)
      expect(pool.stats()).toMatchObject({ active: 0, idle: 1 })
    })

    test('gets the raw and the parsed headers', async () => {
      const { origin } = await serveRaw((socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 Fine\r\nX-Two: a\r\nx-two: b\r\ncontent-length: 0\r\n\r\n')),
      )
      const told = listenBy(generation)
      const headers: unknown[] = []
      const record = {
        legacy: { onHeaders: (_: number, raw: Buffer[], __: unknown, text: string) => headers.push(text, raw.map(String)) > 0 },
        modern: {
          onResponseStart: (controller: { rawHeaders: Buffer[] }, _: number, parsed: object, text: string) =>
            headers.push(text, controller.rawHeaders.map(String), parsed),
        },
      }
      Object.assign(told.handler, record[generation])
      open(version).dispatcher.dispatch(options(origin), told.handler)
      await told.done
      const raw = ['X-Two', 'a', 'x-two', 'b', 'content-length', '0']
      expect(headers).toEqual(
        generation === 'legacy' ? ['Fine', raw] : ['Fine', raw, { 'x-two': ['a', 'b'], 'content-length': '0' }],
      )
    })
  })

  test('what is wrong with the handler is thrown', async () => {
    const { dispatcher } = open(version)
    const invalid = expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' })
    const dispatch = (handler: unknown) => () =>
      dispatcher.dispatch({ origin: 'http://localhost', path: '/', method: 'GET' }, handler as never)
    for (const handler of [undefined, null, 5, {}, { onConnect() {} }]) expect(dispatch(handler)).toThrow(invalid)
    const told = listenBy('modern')
    dispatcher.dispatch(null as never, told.handler)
    expect((await told.done).error).toEqual(invalid)
  })
})

/** Makes the handler pause at its first chunk. */
function pauseOnce(told: Told, generation: string): { resume(): void; paused: Promise<void> } {
  let resume = () => {}
  let onPaused = () => {}
  const paused = new Promise<void>((resolve) => {
    onPaused = resolve
  })
  const { handler } = told as unknown as { handler: { [name: string]: (...args: never[]) => unknown } }
  let first = true
  if (generation === 'legacy') {
    const { onHeaders, onData } = handler
    handler.onHeaders = ((code: never, raw: never, by: () => void) => {
      resume = by
      return onHeaders?.(code, raw)
    }) as never
    handler.onData = ((chunk: never) => {
      onData?.(chunk)
      if (!first) return true
      first = false
      onPaused()
      return false
    }) as never
  } else {
    const { onResponseData } = handler
    handler.onResponseData = ((controller: { pause(): void; resume(): void }, chunk: never) => {
      onResponseData?.(controller as never, chunk)
      if (!first) return
      first = false
      resume = () => controller.resume()
      controller.pause()
      onPaused()
    }) as never
  }
  return { resume: () => resume(), paused }
}

async function* chunks(): AsyncGenerator<string> {
  yield 'x'
  yield 'yz'
}
