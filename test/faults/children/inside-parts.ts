import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import type { Controller, DispatchOptions, Handler, LegacyHandler } from '../../../src/engines/undici-dispatcher/peer.ts'

/** What a caller has: undici's own Agent, or a pool's dispatcher. */
export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean
  close(): Promise<unknown>
  destroy(error?: Error): Promise<unknown>
}

export interface Undici {
  readonly Agent: new (options: object) => Dispatcher
  readonly FormData: new () => { set(name: string, value: string): void }
}

/** Where undici calls the caller: methods of a handler of either generation, and channels. */
const modernHooks = [
  'onRequestStart',
  'onBodySent',
  'onRequestSent',
  'onResponseStarted',
  'onResponseStart',
  'onResponseData',
  'onResponseEnd',
  'onResponseError',
  'onRequestUpgrade',
] as const
const legacyHooks = ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError', 'onUpgrade'] as const
const channels = [
  'undici:request:create',
  'undici:request:bodyChunkSent',
  'undici:request:bodySent',
  'undici:request:headers',
  'undici:request:bodyChunkReceived',
  'undici:request:trailers',
  'undici:request:error',
  'undici:client:beforeConnect',
  'undici:client:connected',
  'undici:client:connectError',
  'undici:client:sendHeaders',
] as const

/** undici 8 takes no handlers of the older generation. */
export const placesOf = (undici: string): readonly string[] =>
  undici === 'undici7' ? [...modernHooks, ...legacyHooks, ...channels] : [...modernHooks, ...channels]

/** Hooks around the writing of a request, where what its body is makes a difference. */
export const writePlaces: readonly string[] = [
  'onRequestStart',
  'onBodySent',
  'onRequestSent',
  'onResponseStart',
  'undici:request:bodyChunkSent',
  'undici:request:bodySent',
  'undici:client:sendHeaders',
]

export const fewBodies = ['none', 'string', 'Readable'] as const

/** Makes a body of each kind anew. */
export const bodiesOf = ({ FormData }: Undici): { readonly [kind: string]: () => unknown } => ({
  none: () => undefined,
  string: () => 'text',
  Buffer: () => Buffer.from('bytes'),
  Readable: () => Readable.from(['some', 'text']),
  iterable: async function* iterable() {
    yield 'some'
    yield 'text'
  },
  'throwing iterable': async function* throwing() {
    yield 'some'
    throw new Error('thrown by the body')
  },
  'iterable that throws at once': () => ({
    [Symbol.asyncIterator]() {
      throw new Error('thrown by the body')
    },
  }),
  'failing Readable': () =>
    new Readable({
      read() {
        this.destroy(new Error('thrown by the body'))
      },
    }),
  'Readable that has failed': () => {
    const body = new Readable({ read() {} })
    body.on('error', () => {})
    body.destroy(new Error('thrown by the body'))
    return body
  },
  ReadableStream: () => new Blob(['some text']).stream(),
  'locked ReadableStream': () => {
    const body = new Blob(['some text']).stream()
    body.getReader()
    return body
  },
  'failing ReadableStream': () =>
    new ReadableStream({
      start(controller) {
        controller.error(new Error('thrown by the body'))
      },
    }),
  Blob: () => new Blob(['some text'], { type: 'text/plain' }),
  FormData: () => {
    const form = new FormData()
    form.set('a', 'b')
    return form
  },
})

/** How a request ended; `pending`: not at all. */
export type End = number | string

/** Sends a request, tells of every place that it comes by, and of its end. */
export function send(
  dispatcher: Dispatcher,
  url: string,
  body: unknown,
  at: (place: string, abort: () => void) => void,
  done: (end: End) => void,
): void {
  const legacy = legacyPlaces.has(url.slice(url.indexOf('#') + 1))
  const { origin, pathname: path } = new URL(url)
  let abort = () => {}
  let status = 0
  const tell = (place: string): undefined => void at(place, () => abort())
  const modern: Handler = {
    onRequestStart(controller: Controller) {
      abort = () => controller.abort(new Error('given up'))
      tell('onRequestStart')
    },
    onBodySent: () => tell('onBodySent'),
    onRequestSent: () => tell('onRequestSent'),
    onResponseStarted: () => tell('onResponseStarted'),
    onResponseStart(_controller, code) {
      status = code
      tell('onResponseStart')
    },
    onResponseData: () => tell('onResponseData'),
    onResponseEnd() {
      done(status)
      tell('onResponseEnd')
    },
    onRequestUpgrade(_controller, code, _headers, socket) {
      done(code)
      socket.on('error', () => {}).destroy()
      tell('onRequestUpgrade')
    },
    onResponseError(_controller, error) {
      done(codeOf(error))
      tell('onResponseError')
    },
  }
  const older: LegacyHandler = {
    onConnect(by) {
      abort = () => by(new Error('given up'))
      tell('onConnect')
    },
    onBodySent: () => tell('onBodySent'),
    onRequestSent: () => tell('onRequestSent'),
    onHeaders(code) {
      status = code
      tell('onHeaders')
      return true
    },
    onData() {
      tell('onData')
      return true
    },
    onComplete() {
      done(status)
      tell('onComplete')
    },
    onUpgrade(code, _headers, socket) {
      done(code)
      socket.on('error', () => {}).destroy()
      tell('onUpgrade')
    },
    onError(error) {
      done(codeOf(error))
      tell('onError')
    },
  }
  const method = body === undefined ? 'GET' : 'POST'
  const upgrade = path === '/upgrade' ? { upgrade: 'other' } : {}
  dispatcher.dispatch({ origin, path, method, body, ...upgrade }, legacy ? older : modern)
}

const legacyPlaces: ReadonlySet<string> = new Set(legacyHooks)

/** A pool that is closed or destroyed says so in its own words. */
function codeOf(error: Error): string {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ERR_POOL_CLOSED' || code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return 'closed'
  return code ?? message
}

/** Listens at a channel to what one request does. Gives how to stop. */
export function listen(channel: string, path: string, at: () => void): () => void {
  const heard = (message: unknown): void => {
    const { request } = message as { request?: { path: string } }
    if (request === undefined || request.path === path) at()
  }
  subscribe(channel, heard)
  return () => void unsubscribe(channel, heard)
}
