import type { Socket } from 'node:net'
import type { Core } from '../../pool/port.ts'
import { AsyncResource } from '../async-hooks.ts'
import type { DialWatch } from '../dial-watch.ts'
import type { ProxyDial } from '../proxy/proxy-dial.ts'
import type { Dialling, NodeConnection, PendingDial } from './connection.ts'
import { failRequest, type Holder, hold, type RequestTimer, type RequestTimers, release } from './hold.ts'
import type { PooledRequest } from './native.ts'
import type { CreateConnectionCall } from './own-dial.ts'
import { awaitAttempt } from './slot-socket.ts'

/**
 * A call of `createConnection`, which may call back later, and the request that waits for it.
 *
 * `abandoned`: the request has left, the connection is still wanted by nobody else. `late`: the pool has given it up, too.
 */
export class AgentDial implements Holder, Dialling, PendingDial, CreateConnectionCall {
  readonly request: PooledRequest
  /** Knows the sockets of a createConnection of the caller's own. */
  readonly watch: DialWatch | null
  timer: RequestTimer | null = null
  readonly connection: NodeConnection
  #state: 'calling' | 'held' | 'abandoned' | 'late' | 'done' = 'calling'
  #scope: AsyncResource | undefined
  #through: ProxyDial | null = null

  constructor(connection: NodeConnection, request: PooledRequest, watch: DialWatch | null) {
    this.connection = connection
    this.request = request
    this.watch = watch
    connection.dial = this
  }

  get scope(): AsyncResource {
    this.#scope ??= new AsyncResource('PolypoolDial')
    return this.#scope
  }

  get timers(): RequestTimers {
    return this.connection.driver.timers
  }

  get open(): boolean {
    return this.watch?.open === true || this.#through?.open === true
  }

  /** Whether it has given its socket or its error. */
  get over(): boolean {
    return this.#state === 'done'
  }

  /** Whether this is the socket that it has given. */
  gave(socket: Socket): boolean {
    return this.connection.socket === socket
  }

  goesThrough(dial: ProxyDial): void {
    this.#through = this.connection.through = dial
    // Whoever gave it up meanwhile had nothing to end.
    if (this.#state === 'abandoned' || this.#state === 'late' || this.#state === 'done') dial.destroy()
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
    const wanted = state === 'calling' || state === 'held'
    this.#end()
    if (error != null || socket === undefined || socket.destroyed) {
      // The request is told, and what the socket says of it in a moment has nobody else to hear it.
      socket?.on('error', () => {})
      if (wanted) failRequest(this, error ?? socket?.errored ?? new Error('createConnection gave no open socket'))
      this.#leave()
    } else if (wanted) {
      const { driver } = this.connection
      if (this.watch === null && state === 'calling') awaitAttempt(this.connection, socket)
      if (state === 'calling') driver.attach(this.connection, socket, this.request)
      else this.scope.runInAsyncScope(driver.attach, driver, this.connection, socket, this.request)
    } else this.#discard(socket)
  }

  /** The request ends; its place is kept until the socket that is being made has come and closed, or the connect timeout is over. */
  abandon(error: Error | undefined): void {
    release(this)
    this.#state = 'abandoned'
    failRequest(this, error)
    this.#through?.destroy()
  }

  /** The pool gives up: a socket that comes after all is destroyed. */
  cancel(error: Error | undefined): void {
    const state = this.#state
    if (state === 'late' || state === 'done') return
    if (state === 'held') release(this)
    this.#state = 'late'
    this.watch?.whenClosed(() => this.#leave())
    if (state !== 'abandoned') failRequest(this, error)
    this.#through?.destroy()
  }

  /** `createConnection` has thrown; its caller is told. What it gave before is of no use to anybody. */
  onThrown(): void {
    const over = this.#state === 'done'
    this.#end()
    if (!over) this.#leave()
    else this.connection.socket?.destroy()
  }

  /** Nobody wants it any more; the place is free once it has closed. */
  #discard(socket: Socket): void {
    this.#core.arrivedLate(this.connection)
    this.connection.socket = socket
    socket.on('error', () => {})
    socket.once('close', () => this.#leave())
    socket.destroy()
  }

  #end(): void {
    if (this.#state === 'held') release(this)
    this.#state = 'done'
    this.connection.dial = null
    this.watch?.end()
  }

  #leave(): void {
    this.#core.closed(this.connection)
  }

  get #core(): Core {
    return this.connection.driver.core
  }
}
