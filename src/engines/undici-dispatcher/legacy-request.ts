import type { Duplex } from 'node:stream'
import { fieldIn, keepAliveIn } from './headers.ts'
import type { OriginLane } from './lane.ts'
import type { Abort, DispatchOptions, LegacyHandler } from './peer.ts'
import { PoolRequest } from './request.ts'

/** A request of undici 7 whose handler is of that generation too. */
export class LegacyRequest extends PoolRequest implements LegacyHandler {
  protected override readonly handler: LegacyHandler
  #abort: Abort | null = null
  #keepAlive: string | undefined

  constructor(lane: OriginLane, options: DispatchOptions, handler: LegacyHandler) {
    super(lane, options)
    this.handler = handler
  }

  protected override start(): void {
    // Bound, as a closure takes twice the space: there are as many as requests wait.
    this.handler.onConnect(this.abort.bind(this))
  }

  abort(reason?: Error): void {
    if (this.#abort !== null) this.#abort(reason)
    else this.cancel(reason)
  }

  protected override forget(): void {
    this.#abort = null
  }

  protected override fail(error: Error): void {
    this.handler.onError(error)
  }

  onConnect(abort: Abort): void {
    this.onWrite()
    // A retry starts anew: what the caller got the first time is of the first connection.
    if (this.started) this.#abort = abort
    else this.handler.onConnect(abort)
    this.sent = true
  }

  onResponseStarted(): void {
    this.answered = true
    this.handler.onResponseStarted?.()
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, statusText: string): boolean | undefined {
    const refusal = this.refusalIn(status, (name) => fieldIn(rawHeaders, name))
    if (refusal !== null) {
      this.#abort?.(refusal)
      return false
    }
    if (status >= 200) this.#keepAlive = keepAliveIn(rawHeaders)
    return this.handler.onHeaders?.(status, rawHeaders, resume, statusText)
  }

  onData(chunk: Buffer): boolean | undefined {
    this.parts++
    return this.handler.onData?.(chunk)
  }

  onComplete(rawTrailers: Buffer[] | null): void {
    this.onDone(this.#keepAlive)
    this.handler.onComplete?.(rawTrailers)
    this.onEnded()
  }

  onUpgrade(status: number, rawHeaders: Buffer[] | null, socket: Duplex): void {
    this.onUpgraded(socket)
    this.handler.onUpgrade?.(status, rawHeaders, socket)
    this.onEnded()
  }

  onBodySent(chunk: unknown): void {
    this.handler.onBodySent?.(chunk)
  }

  onRequestSent(): void {
    this.handler.onRequestSent?.()
  }

  onError(error: Error): void {
    this.onFailed(error)
  }
}
