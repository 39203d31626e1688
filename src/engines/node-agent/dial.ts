import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { NodeConnection } from './connection.ts'
import { fail, type Holder, hold, type RequestTimer, type RequestTimers, release } from './hold.ts'
import type { PooledRequest } from './native.ts'

/** A call of `createConnection`, which may call back later, and the request that waits for it. */
export class Dial implements Holder {
  readonly request: PooledRequest
  timer: RequestTimer | null = null
  readonly #connection: NodeConnection
  #state: 'calling' | 'held' | 'abandoned' | 'done' = 'calling'
  #scope: AsyncResource | undefined

  constructor(connection: NodeConnection, request: PooledRequest) {
    this.#connection = connection
    this.request = request
    connection.dial = this
  }

  get scope(): AsyncResource {
    this.#scope ??= new AsyncResource('PolypoolDial')
    return this.#scope
  }

  get timers(): RequestTimers {
    return this.#connection.driver.timers
  }

  /** `createConnection` has returned. If it has not called back yet, the request can be left meanwhile. */
  onReturned(): void {
    if (this.#state !== 'calling') return
    this.#state = 'held'
    // Made now, while the caller's async context is the present one.
    this.#scope = new AsyncResource('PolypoolDial')
    hold(this)
  }

  onCreated(error: Error | null | undefined, socket: Socket | undefined): void {
    const state = this.#state
    if (state === 'done') return void socket?.destroy()
    this.#end()
    const opened = error == null && socket !== undefined && !socket.closed
    if (opened && state !== 'abandoned') {
      const { driver } = this.#connection
      if (state === 'calling') driver.attach(this.#connection, socket, this.request)
      else this.scope.runInAsyncScope(driver.attach, driver, this.#connection, socket, this.request)
      return
    }
    if (state !== 'abandoned') fail(this, error ?? new Error('createConnection gave no open socket'))
    if (!opened) return this.#leave()
    // Nobody wants it any more; the place is free once it has closed.
    this.#connection.socket = socket
    socket.once('close', () => this.#leave())
    socket.destroy()
  }

  /** The request ends; its place is kept until the socket that is being made has come and closed, or the connect timeout is over. */
  abandon(error: Error | undefined): void {
    release(this)
    this.#state = 'abandoned'
    fail(this, error)
  }

  /** The pool gives up: a socket that comes after all is destroyed. */
  cancel(error: Error | undefined): void {
    const abandoned = this.#state === 'abandoned'
    this.#end()
    if (!abandoned) fail(this, error)
    this.#leave()
  }

  /** `createConnection` has thrown; its caller is told. */
  onThrown(): void {
    this.#end()
    this.#leave()
  }

  #end(): void {
    if (this.#state === 'held') release(this)
    this.#state = 'done'
    this.#connection.dial = null
  }

  #leave(): void {
    this.#connection.lane.member.pool.closed(this.#connection)
  }
}
