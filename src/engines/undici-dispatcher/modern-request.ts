import type { Duplex } from 'node:stream'
import type { OriginLane } from './lane.ts'
import type { Controller, DispatchOptions, Handler, Headers } from './peer.ts'
import { PoolRequest } from './request.ts'

/** A request whose handler takes a controller. It is that controller itself: undici's own comes late, and another one with a retry. */
export class ModernRequest extends PoolRequest implements Handler, Controller {
  aborted = false
  paused = false
  reason: Error | null = null
  protected override readonly handler: Handler
  #controller: Controller | null = null
  #keepAlive: string | undefined

  constructor(lane: OriginLane, options: DispatchOptions, handler: Handler) {
    super(lane, options)
    this.handler = handler
  }

  get rawHeaders(): unknown {
    return this.#controller?.rawHeaders ?? null
  }

  /** undici's own may be replaced: its `decompress` takes out what is no longer true. */
  set rawHeaders(headers: unknown) {
    if (this.#controller !== null) this.#controller.rawHeaders = headers
  }

  get rawTrailers(): unknown {
    return this.#controller?.rawTrailers ?? null
  }

  set rawTrailers(trailers: unknown) {
    if (this.#controller !== null) this.#controller.rawTrailers = trailers
  }

  abort(reason: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    if (this.#controller !== null) this.#controller.abort(reason)
    else this.cancel(reason)
  }

  pause(): void {
    this.paused = true
    this.#controller?.pause()
  }

  resume(): void {
    this.paused = false
    this.#controller?.resume()
  }

  protected override start(): void {
    this.handler.onRequestStart(this, null)
  }

  protected override forget(): void {
    this.#controller = null
  }

  protected override fail(error: Error): void {
    this.handler.onResponseError?.(this, error)
  }

  onRequestStart(controller: Controller, _context: unknown): void {
    this.onWrite()
    this.#controller = controller
    if (this.paused) controller.pause()
    if (!this.started) {
      this.started = true
      this.start()
    }
    this.sent = true
  }

  onResponseStarted(): void {
    this.answered = true
    this.handler.onResponseStarted?.()
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers, statusText?: string): void {
    // An interim answer is one that undici does not tell of before, over HTTP/2.
    this.answered = true
    const refusal = this.refusalIn(status, (name) => textOf(headers[name]))
    if (refusal !== null) return void this.#controller?.abort(refusal)
    if (status >= 200) this.#keepAlive = textOf(headers['keep-alive'])
    this.handler.onResponseStart?.(this, status, headers, statusText)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.parts++
    this.handler.onResponseData?.(this, chunk)
  }

  onResponseEnd(_controller: Controller, trailers: Headers): void {
    this.onDone(this.#keepAlive)
    this.handler.onResponseEnd?.(this, trailers)
    this.onEnded()
  }

  onRequestUpgrade(_controller: Controller, status: number, headers: Headers, socket: Duplex): void {
    this.onUpgraded(socket)
    this.handler.onRequestUpgrade?.(this, status, headers, socket)
    this.onEnded()
  }

  onBodySent(chunk: unknown): void {
    this.handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.handler.onRequestSent?.()
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    this.onFailed(error)
  }
}

function textOf(value: Headers[string]): string | undefined {
  return typeof value === 'object' ? value.join() : value
}
