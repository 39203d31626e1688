import type { Duplex } from 'node:stream'
import { toRaw } from './headers.ts'
import type { Controller, Handler, Headers, LegacyHandler } from './peer.ts'

/** Lets a handler of undici 7's generation, such as those of the `fetch` of Node up to 24, be used with undici 8. */
export class LegacyHandlerBridge implements Handler {
  readonly #handler: LegacyHandler

  constructor(handler: LegacyHandler) {
    this.#handler = handler
  }

  onRequestStart(controller: Controller): void {
    this.#handler.onConnect((reason) => controller.abort(reason as Error))
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.()
  }

  onResponseStart(controller: Controller, status: number, headers: Headers, statusText = ''): void {
    const raw = toRaw(controller.rawHeaders ?? headers)
    const goesOn = this.#handler.onHeaders?.(status, raw, () => controller.resume(), statusText)
    // As in undici 7: an informational answer has no body that could pause, and what comes of it would never be resumed.
    if (goesOn === false && status >= 200) controller.pause()
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) controller.pause()
  }

  onResponseEnd(controller: Controller, trailers: Headers): void {
    this.#handler.onComplete?.(toRaw(controller.rawTrailers ?? trailers))
  }

  onRequestUpgrade(controller: Controller, status: number, headers: Headers, socket: Duplex): void {
    this.#handler.onUpgrade?.(status, toRaw(controller.rawHeaders ?? headers), socket)
  }

  onBodySent(chunk: unknown): void {
    this.#handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.()
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    this.#handler.onError(error)
  }
}
