import type { DispatchOptions, Handler, LegacyHandler, Peer } from './peer.ts'

/**
 * The generation of a handler; one of both counts as modern, as in undici. undici 8 knows only modern ones: those of the earlier
 * generation, which the built-in `fetch` of Node up to 24 has, are taken there besides.
 */
export function isModern(handler: Handler | LegacyHandler, major: number): handler is Handler {
  if (typeof (handler as Handler).onRequestStart === 'function') return true
  return major >= 8 && typeof (handler as LegacyHandler).onConnect !== 'function'
}

/** What undici of that major says is wrong with a handler. Its own checks see only the pool's. */
export function faultOf(handler: Handler | LegacyHandler, major: number, options: DispatchOptions): string | null {
  if (!isModern(handler, major)) return faultOfLegacy(handler, upgrades(options))
  // undici 7 wraps a modern handler unseen.
  return major < 8 ? null : faultOfModern(handler, upgrades(options))
}

/** Whether a request is to become something else than HTTP. */
export function upgrades({ upgrade, method }: DispatchOptions): boolean {
  return Boolean(upgrade) || method === 'CONNECT'
}

// One line a method: a loop over their names would cost each request more than all of them.
function faultOfModern(handler: Handler, isUpgrade: boolean): string | null {
  if (typeof handler.onRequestStart !== 'function') return invalid('onRequestStart')
  if (typeof handler.onResponseError !== 'function') return invalid('onResponseError')
  if (typeof handler.onBodySent !== 'function' && handler.onBodySent !== undefined) return invalid('onBodySent')
  if (typeof handler.onRequestSent !== 'function' && handler.onRequestSent !== undefined) return invalid('onRequestSent')
  if (isUpgrade) return typeof handler.onRequestUpgrade === 'function' ? null : invalid('onRequestUpgrade')
  if (typeof handler.onResponseStart !== 'function') return invalid('onResponseStart')
  if (typeof handler.onResponseData !== 'function') return invalid('onResponseData')
  return typeof handler.onResponseEnd === 'function' ? null : invalid('onResponseEnd')
}

function faultOfLegacy(handler: LegacyHandler, isUpgrade: boolean): string | null {
  if (typeof handler.onConnect !== 'function') return invalid('onConnect')
  if (typeof handler.onError !== 'function') return invalid('onError')
  if (typeof handler.onBodySent !== 'function' && handler.onBodySent !== undefined) return invalid('onBodySent')
  if (isUpgrade) return typeof handler.onUpgrade === 'function' ? null : invalid('onUpgrade')
  if (typeof handler.onHeaders !== 'function') return invalid('onHeaders')
  if (typeof handler.onData !== 'function') return invalid('onData')
  return typeof handler.onComplete === 'function' ? null : invalid('onComplete')
}

function invalid(method: string): string {
  return `invalid ${method} method`
}

/** Tells the handler that its request failed before it began; only what can't be told is thrown, as by undici. */
export function refuse(peer: Peer, handler: Handler | LegacyHandler, error: unknown): void {
  if (peer.major >= 8 && !isModern(handler, peer.major)) {
    if (typeof handler.onError !== 'function') throw error
    return handler.onError(error as Error)
  }
  dispatchBy(peer, {}, handler, () => {
    throw error
  })
}

/** Has undici's own `dispatch` prepare the handler, call another one with it, and tell it what that throws. */
export function dispatchBy(
  { Client, symbols }: Peer,
  options: object,
  handler: Handler | LegacyHandler,
  dispatch: (options: DispatchOptions, handler: Handler | LegacyHandler) => boolean,
): boolean {
  const on = { [symbols.dispatch]: dispatch }
  return Client.prototype.dispatch.call(on as never, options as DispatchOptions, handler)
}
