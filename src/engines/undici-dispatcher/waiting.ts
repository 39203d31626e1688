import { AsyncResource } from 'node:async_hooks'
import { throwLater, Waiter } from '../../pool/port.ts'
import type { ClientConnection } from './connection.ts'
import { type Draft, failDraft } from './draft.ts'
import type { OriginLane } from './lane.ts'
import type { DispatchOptions } from './peer.ts'
import { isPlain } from './plain.ts'

type ErrorEmitter = {
  on(event: 'error', listener: (error: Error) => void): void
  off(event: 'error', listener: (error: Error) => void): void
}

/** A request that may have to wait for a connection, and be given up meanwhile. What only waiting needs is made when it must wait. */
export abstract class WaitingRequest extends Waiter {
  declare lane: OriginLane
  readonly options: DispatchOptions
  connection: ClientConnection | null = null
  /** The caller's handler can abort. */
  started = false
  /** Nothing more will be told to the caller's handler. */
  over = false
  /** undici's own request, made before it has a connection. */
  #draft: Draft | null = null
  #scope: AsyncResource | null = null
  #onBodyError: ((error: Error) => void) | null = null

  constructor(lane: OriginLane, options: DispatchOptions) {
    super(lane)
    this.options = options
  }

  /** The caller's handler, whose async context is the caller's if it is an AsyncResource. */
  protected abstract readonly handler: object

  /** Tells the caller's handler how to abort, while there is nothing of undici's yet that could. */
  protected abstract start(): void
  protected abstract fail(error: Error): void
  /** Drops what undici gave for aborting. */
  protected abstract forget(): void

  /** Sends it on its connection. */
  abstract send(connection: ClientConnection): void

  /** The pool had no connection for it at once. */
  acquire(): void {
    if (this.lane.member.state === 'open') this.makeDraft()
    if (this.over) return
    this.lane.core.wait(this)
    if (this.state !== 'settled') this.linger()
  }

  override grant(connection: ClientConnection): void {
    this.#inContext(this.send, connection)
    this.lane.driver.onLeft(this.lane)
  }

  override reject(error: Error): void {
    // Like undici: what `destroy` was given is for the requests that it has ended, not for later ones.
    const waited = this.#scope !== null
    this.#inContext(this.finish, (waited ? this.lane.driver.reason : null) ?? error)
    this.lane.driver.onLeft(this.lane)
  }

  /** The caller gives it up before undici has begun to write it. */
  cancel(reason: Error | undefined): void {
    if (this.over) return
    const { connection } = this
    const { driver, core } = this.lane
    if (connection === null && core.abandon(this)) driver.onLeft(this.lane)
    this.finish(reason ?? new driver.peer.errors.RequestAbortedError())
    // Otherwise `onWrite` drops it, and the connection stays usable.
    if (connection === null || connection.state !== 'opening') return
    connection.cause = reason
    this.release()
  }

  /** Lets the caller abort it from now on. */
  begin(): void {
    this.started = true
    try {
      this.start()
    } catch (error) {
      this.cancel(error as Error)
    }
  }

  protected finish(error: Error): void {
    if (this.over) return
    this.over = true
    this.#settleBody()
    const draft = this.takeDraft()
    try {
      if (draft !== null) failDraft(draft, error)
      this.fail(error)
    } catch (thrown) {
      throwLater(this.lane.core.clock, thrown)
    }
    this.forget()
  }

  /** It is not sent at once: undici checks it all the same, and tells whoever listens that it is there. */
  protected makeDraft(): void {
    if (this.#draft !== null || isPlain(this.options)) return
    const { driver, url } = this.lane
    this.#draft = driver.drafts.create(url, this.options, this)
  }

  protected takeDraft(): Draft | null {
    const draft = this.#draft
    this.#draft = null
    return draft
  }

  /** Gives up the connection. */
  protected release(): void {
    const { connection } = this
    this.connection = null
    if (connection !== null) this.lane.core.release(connection, false)
  }

  /** It waits: keeps the caller's context, lets the caller abort, and listens to a body that nobody else listens to yet. */
  protected linger(): void {
    const { handler } = this
    this.#scope = handler instanceof AsyncResource ? handler : new AsyncResource('PolypoolRequest')
    const { body } = this.options
    if (isErrorEmitter(body)) {
      this.#onBodyError = (error) => this.cancel(error)
      body.on('error', this.#onBodyError)
    }
    if (!this.started) this.begin()
  }

  #settleBody(): void {
    if (this.#onBodyError === null) return
    ;(this.options.body as ErrorEmitter).off('error', this.#onBodyError)
    this.#onBodyError = null
  }

  #inContext<A>(step: (argument: A) => void, argument: A): void {
    const scope = this.#scope
    this.#scope = null
    this.#settleBody()
    try {
      if (scope === null) step.call(this, argument)
      else scope.runInAsyncScope(step, this, argument)
    } catch (error) {
      throwLater(this.lane.core.clock, error)
    }
  }
}

function isErrorEmitter(body: unknown): body is ErrorEmitter {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof (body as ErrorEmitter).on === 'function' &&
    typeof (body as ErrorEmitter).off === 'function'
  )
}
