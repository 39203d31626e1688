import type { Socket } from 'node:net'
import type { DialWatch } from '../dial-watch.ts'
import type { ProxyDial } from '../proxy/proxy-dial.ts'
import type { Dialling, NodeConnection, PendingDial } from './connection.ts'
import type { RequestOptions } from './native.ts'
import type { CreateConnectionCall } from './own-dial.ts'
import { awaitAttempt } from './slot-socket.ts'

/** A call of `createConnection` that no request waits for. What it fails with is nobody's matter: a request that comes later dials itself. */
export class AheadDial implements Dialling, PendingDial, CreateConnectionCall {
  readonly watch: DialWatch | null
  options: RequestOptions | null = null
  readonly connection: NodeConnection
  #through: ProxyDial | null = null
  #state: 'under way' | 'late' | 'over' = 'under way'

  constructor(connection: NodeConnection, watch: DialWatch | null) {
    this.connection = connection
    this.watch = watch
    connection.dial = this
  }

  get open(): boolean {
    return this.watch?.open === true || this.#through?.open === true
  }

  get over(): boolean {
    return this.#state === 'over'
  }

  goesThrough(dial: ProxyDial): void {
    this.#through = this.connection.through = dial
    dial.socket.unref()
    if (this.#state !== 'under way') dial.destroy()
  }

  gave(socket: Socket): boolean {
    return this.connection.socket === socket
  }

  onCreated(error: Error | null | undefined, socket: Socket | undefined): void {
    const wanted = this.#state === 'under way'
    this.#end()
    if (error != null || socket === undefined || socket.destroyed) {
      socket?.on('error', () => {})
      this.#leave()
    } else if (wanted) {
      if (this.watch === null) awaitAttempt(this.connection, socket)
      this.connection.driver.attachAhead(this.connection, socket, this.options ?? {})
    } else this.#discard(socket)
  }

  /** `createConnection` has thrown. What it gave before is of no use to anybody. */
  onThrown(): void {
    const { over } = this
    this.#end()
    if (!over) this.#leave()
    else this.connection.socket?.destroy()
  }

  cancel(): void {
    if (this.#state !== 'under way') return
    this.#state = 'late'
    this.watch?.whenClosed(() => this.#leave())
    this.#through?.destroy()
  }

  /** Nobody wants it any more; the place is free once it has closed. */
  #discard(socket: Socket): void {
    this.connection.driver.core.arrivedLate(this.connection)
    this.connection.socket = socket
    socket.on('error', () => {})
    socket.once('close', () => this.#leave())
    socket.destroy()
  }

  #end(): void {
    this.#state = 'over'
    this.connection.dial = null
    this.watch?.end()
  }

  #leave(): void {
    this.connection.driver.core.closed(this.connection)
  }
}
