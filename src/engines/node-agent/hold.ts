import type { AsyncResource } from 'node:async_hooks'
import { type Clock, Deadlines, Link, type Timed } from '../../pool/port.ts'
import type { PooledRequest } from './native.ts'

/**
 * What keeps a request that has no socket yet. Natively such a request is deaf: destroy, signal and timeout have no effect until
 * a socket is free.
 */
export interface Holder {
  readonly request: PooledRequest
  /** The caller's async context. */
  readonly scope: AsyncResource
  readonly timers: RequestTimers
  timer: RequestTimer | null
  /** The caller has destroyed the request. */
  abandon(error: Error | undefined): void
}

/** Timeouts of the requests of one pool that have no socket yet. */
export class RequestTimers extends Deadlines<RequestTimer> {
  readonly clock: Clock

  constructor(clock: Clock) {
    super(clock, (timer) => timer.ring())
    this.clock = clock
  }
}

const held = Symbol('polypool.held')

// Held from when this module loads: tests fake it.
const { nextTick } = process

type HeldRequest = PooledRequest & { [held]?: Holder | null }

/** Lets `holder` hear of destroy and setTimeout. The overrides stay: deleting them would slow the request's every property down. */
export function hold(holder: Holder): void {
  const request = holder.request as HeldRequest
  if (request[held] === undefined) {
    request.destroy = destroy
    request.setTimeout = setTimeout
  }
  request[held] = holder
  if (request.timeout) startTimer(holder, request.timeout)
}

export function release(holder: Holder): void {
  stopTimer(holder)
  ;(holder.request as HeldRequest)[held] = null
}

/** Settles the request without a socket: emits `error` (unless it was aborted without one) and `close` in the caller's context. */
export function failRequest({ scope, request }: Holder, error: Error | undefined): void {
  scope.runInAsyncScope(request.onSocket, request, null, error)
}

function destroy(this: HeldRequest, error?: Error): HeldRequest {
  const holder = this[held]
  const native = Object.getPrototypeOf(this) as HeldRequest
  native.destroy.call(this, error)
  holder?.abandon(error)
  return this
}

function setTimeout(this: HeldRequest, ms: number, callback?: () => void): HeldRequest {
  const native = Object.getPrototypeOf(this) as HeldRequest
  native.setTimeout.call(this, ms, callback)
  const holder = this[held]
  if (holder != null) startTimer(holder, ms)
  return this
}

function startTimer(holder: Holder, ms: number): void {
  stopTimer(holder)
  if (ms <= 0) return
  holder.timer = new RequestTimer(holder)
  holder.timers.add(holder.timer, ms)
}

function stopTimer(holder: Holder): void {
  if (holder.timer !== null) holder.timers.delete(holder.timer)
  holder.timer = null
}

/** Emits `timeout` on a request that has no socket yet, as its socket would. */
export class RequestTimer implements Timed {
  readonly since: number
  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly #holder: Holder

  constructor(holder: Holder) {
    this.#holder = holder
    this.since = holder.timers.clock.now()
  }

  // By way of nextTick, so that what a listener throws does not stop the timers of other requests.
  ring(): void {
    const { scope, request } = this.#holder
    scope.runInAsyncScope(nextTick, process, emitTimeout, request)
  }
}

function emitTimeout(request: PooledRequest): void {
  request.emit('timeout')
}
