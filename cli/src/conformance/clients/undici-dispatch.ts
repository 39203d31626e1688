import { PassThrough } from 'node:stream'
import { common, defined, nodeBody, poolOptions, startedWith } from './shared.ts'
import type { ClientDriver, ClientRequest, Started } from './types.ts'
import { lackedByUndici } from './undici-version.ts'

interface Dispatcher {
  dispatch(options: object, handler: object): boolean
}

interface Controller {
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** What both generations of handlers come down to. */
interface Exchange {
  /** From here on the request can be aborted. */
  begin(abort: (reason: Error) => void): void
  headers(status: number, headers: Started['headers'], resume: () => void): void
  /** False: pause until `resume`. */
  data(chunk: Uint8Array): boolean
  end(): void
  error(error: Error): void
}

/** `dispatcher.dispatch` with the handlers of undici 7 and 8. */
export const undiciDispatch = driver('undici-dispatch', (exchange) => ({
  onRequestStart(controller: Controller) {
    exchange.begin((reason) => controller.abort(reason))
  },
  onResponseStart(controller: Controller, status: number, headers: Started['headers']) {
    // Interim answers come through as well.
    if (status >= 200) exchange.headers(status, headers, () => controller.resume())
  },
  onResponseData(controller: Controller, chunk: Uint8Array) {
    if (!exchange.data(chunk)) controller.pause()
  },
  onResponseEnd: () => exchange.end(),
  onResponseError: (_controller: unknown, error: Error) => exchange.error(error),
}))

/** The same with the handlers of undici 6 and before, which the `fetch` of older Node still brings. */
export const undiciDispatchLegacy = driver('undici-dispatch-legacy', (exchange) => ({
  onConnect: (abort: (reason: Error) => void) => exchange.begin(abort),
  onHeaders(status: number, raw: Buffer[], resume: () => void) {
    if (status < 200) return true
    const headers: { [name: string]: string } = {}
    for (let at = 0; at + 1 < raw.length; at += 2) headers[String(raw[at]).toLowerCase()] = String(raw[at + 1])
    exchange.headers(status, headers, resume)
    return true
  },
  onData: (chunk: Uint8Array) => exchange.data(chunk),
  onComplete: () => exchange.end(),
  onError: (error: Error) => exchange.error(error),
}))

function driver(name: string, handlerFor: (exchange: Exchange) => object): ClientDriver {
  return {
    name,
    adapter: 'undici',
    module: null,
    family: 'undici',
    // Without 'callback': undici itself calls raw handlers in whatever context the socket has.
    abilities: [...common, 'http2', 'body-as-given', 'raw-errors'],
    lacks: lackedByUndici,
    open: () => ({
      start: (pool, request) => start(poolOptions<{ dispatcher: Dispatcher }>(pool).dispatcher, request, handlerFor),
    }),
  }
}

function start(dispatcher: Dispatcher, request: ClientRequest, handlerFor: (exchange: Exchange) => object): Promise<Started> {
  return new Promise((resolve, reject) => {
    const { url, method = 'GET', headers, signal } = request
    const { origin, pathname, search } = new URL(url)
    // Before the answer its error has no other listener.
    const body = new PassThrough().on('error', () => {})
    let abort: ((reason: Error) => void) | null = null
    const giveUp = () => abort?.(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal?.addEventListener('abort', giveUp, { once: true })
    body.on('close', () => {
      if (!body.readableEnded) abort?.(new Error('body was cancelled'))
    })
    const exchange: Exchange = {
      begin(by) {
        abort = by
        if (signal?.aborted) giveUp()
      },
      headers(status, received, resume) {
        body.on('drain', resume)
        request.onResponse?.()
        resolve(startedWith(status, received, body))
      },
      data: (chunk) => body.write(Buffer.from(chunk)),
      end: () => void body.end(),
      error(error) {
        abort = null
        reject(error)
        body.destroy(error)
      },
    }
    dispatcher.dispatch(
      defined({ origin, path: pathname + search, method, headers, body: nodeBody(request) }),
      handlerFor(exchange),
    )
  })
}
