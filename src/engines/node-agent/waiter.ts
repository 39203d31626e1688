import { AsyncResource } from 'node:async_hooks'
import type { Deadlines, Timed } from '../../pool/deadlines.ts'
import { Link } from '../../pool/list.ts'
import { Waiter } from '../../pool/waiter.ts'
import type { NodeConnection, NodeLane } from './connection.ts'
import type { PooledRequest, RequestOptions } from './native.ts'

const held = Symbol('polypool.held')

/** A request that has no socket yet, and what is to be done if its caller gives it up. */
type HeldRequest = PooledRequest & { [held]?: Holder | null }

interface Holder {
  /** False if it is not held any more. */
  abandon(error: Error | undefined): boolean
  setTimeout?(ms: number): void
}

/** A ClientRequest that waits. Natively it would be deaf: destroy, signal and timeout have no effect until a socket is free. */
export class RequestWaiter extends Waiter implements Holder {
  readonly request: PooledRequest
  readonly options: RequestOptions
  readonly #scope = new AsyncResource('PolypoolWaiter')
  readonly #timeouts: Deadlines
  #timeout: RequestTimeout | null = null

  constructor(lane: NodeLane, request: PooledRequest, options: RequestOptions, timeouts: Deadlines) {
    super(lane)
    this.request = request
    this.options = options
    this.#timeouts = timeouts
    hold(request, this)
    if (request.timeout) this.setTimeout(request.timeout)
  }

  override grant(connection: NodeConnection): void {
    this.#end()
    this.#scope.runInAsyncScope(connection.agent.send, connection.agent, connection, this.request, this.options)
  }

  override reject(error: Error): void {
    this.#end()
    this.#scope.runInAsyncScope(this.request.onSocket, this.request, null, error)
  }

  abandon(error: Error | undefined): boolean {
    if (!this.lane.member.pool.abandon(this)) return false
    this.#end()
    this.request.onSocket(null, error)
    return true
  }

  /** Emits `timeout` on the request if it still waits then, as a socket would. */
  setTimeout(ms: number): void {
    this.#clearTimeout()
    if (ms <= 0) return
    this.#timeout = new RequestTimeout(this.request, this.lane.member.pool.clock.now())
    this.#timeouts.add(this.#timeout, ms)
  }

  #clearTimeout(): void {
    if (this.#timeout !== null) this.#timeouts.delete(this.#timeout)
    this.#timeout = null
  }

  #end(): void {
    this.#clearTimeout()
    release(this.request)
  }
}

class RequestTimeout implements Timed {
  readonly since: number
  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly #request: PooledRequest

  constructor(request: PooledRequest, since: number) {
    this.#request = request
    this.since = since
  }

  onDeadline(): void {
    this.#request.emit('timeout')
  }
}

/** Lets `holder` hear of destroy and setTimeout. The overrides stay: deleting them would slow the request's every property down. */
export function hold(request: PooledRequest, holder: Holder): void {
  const target = request as HeldRequest
  if (target[held] === undefined) {
    target.destroy = destroy
    target.setTimeout = setTimeout
  }
  target[held] = holder
}

export function release(request: PooledRequest): void {
  ;(request as HeldRequest)[held] = null
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
  this[held]?.setTimeout?.(ms)
  return this
}
