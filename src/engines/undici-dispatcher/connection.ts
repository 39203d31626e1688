import type { Socket } from 'node:net'
import { Connection } from '../../pool/connection.ts'
import type { OriginLane } from './lane.ts'
import type { Client, ConnectCallback, ConnectOptions, DispatchOptions } from './peer.ts'
import { willBeKept } from './reuse.ts'

const noop = () => {}

/** One Client of undici with at most one socket: it is connected once, and given up with it. */
export class ClientConnection extends Connection {
  declare readonly lane: OriginLane
  #client: Client | null = null
  #socket: Socket | null = null
  /** From when on the Client tells of the socket's end, after it has told the request. */
  #connected = false
  /** The connector has been asked and has not called back. */
  #dialling = false
  #keepAlive: string | undefined
  #sendsBody = false

  /** Sends a request, connecting first. `handler` hears what comes of it. */
  send(options: DispatchOptions, handler: object): void {
    const client = this.#client ?? this.#open()
    // Sends `Connection: close`.
    if (this.overflow || !this.lane.origin.limits.keepAlive) client.pipelining = 0
    this.#sendsBody = options.body !== undefined && options.body !== null
    client.dispatch(options.method === 'HEAD' ? reusableHead(options) : options, handler)
  }

  /**
   * The response is complete. If the socket can't be used again, undici destroys it after this has returned.
   * @param keepAlive the response's header of that name
   */
  complete(keepAlive: string | undefined): void {
    this.#keepAlive = keepAlive
    if (!this.usable() || !willBeKept(this.#socket as Socket)) queueMicrotask(this.#release)
    else if (this.#sendsBody && this.#writes) setImmediate(this.#releaseWritten)
    // A waiter that is granted it before this returns has its request written one turn of the event loop earlier.
    else this.lane.pool.release(this, true, keepAlive)
  }

  /** Its request was dropped without a byte of it being written. */
  vacate(): void {
    this.#keepAlive = undefined
    queueMicrotask(this.#release)
  }

  override get hasSocket(): boolean {
    return this.#socket !== null
  }

  override usable(): boolean {
    return this.#connected && this.#socket !== null && !this.#socket.destroyed
  }

  /** undici itself unreferences the socket of an idle Client and watches it. */
  override park(): void {}

  override close(error?: Error): void {
    const client = this.#client
    if (client === null) return this.#gone()
    client.destroy(this.lane.driver.reason ?? error ?? null, noop)
    if (this.#connected) return
    if (this.#socket !== null) this.#socket.destroy()
    else if (!this.#dialling) this.#gone()
  }

  #open(): Client {
    const { driver, url } = this.lane
    const client = driver.createClient(url, this.#dial)
    this.#client = client
    client.on('connect', this.#onConnect).on('disconnect', this.#onDisconnect).on('connectionError', this.#onConnectionError)
    return client
  }

  #release = (): void => {
    this.lane.pool.release(this, this.usable(), this.#keepAlive)
  }

  /**
   * A server may answer before it has read the body: what waits to be written then would hold up the next request, maybe for ever.
   * TLS tells of what it has written only in the check phase.
   */
  #releaseWritten = (): void => {
    this.lane.pool.release(this, this.usable() && !this.#writes, this.#keepAlive)
  }

  get #writes(): boolean {
    return (this.#socket?.writableLength ?? 0) > 0
  }

  #dial = (options: ConnectOptions, callback: ConnectCallback): void => {
    const { driver } = this.lane
    this.#dialling = true
    const settle: ConnectCallback = (error, socket) => {
      this.#dialling = false
      if (socket !== null && socket !== undefined) this.#adopt(socket)
      callback(error, socket)
      if (this.#socket === null) this.#gone()
    }
    try {
      const socket = driver.connect(options, settle)
      if (isSocket(socket)) this.#adopt(socket)
    } catch (error) {
      settle(error as Error, null)
    }
  }

  #adopt(socket: Socket): void {
    if (socket === this.#socket) return
    this.#socket = socket
    socket.once('close', this.#gone)
  }

  #onConnect = (url: URL): void => {
    const { driver, pool } = this.lane
    this.#connected = true
    this.#socket?.off('close', this.#gone)
    pool.connected(this)
    driver.emit('connect', url, this.#client)
  }

  #onConnectionError = (url: URL, _targets: unknown, error: Error): void => {
    // Of some errors undici thinks that another attempt might help.
    this.#client?.destroy(error, noop)
    this.lane.driver.emit('connectionError', url, this.#client, error)
  }

  /** The socket has closed, or an upgrade has taken it away. */
  #onDisconnect = (url: URL, _targets: unknown, error: Error): void => {
    // A Client with an unsent request would connect again, behind the pool's back.
    if (this.#socket?.destroyed === true) this.#client?.destroy(error, noop)
    this.#gone()
    this.lane.driver.emit('disconnect', url, this.#client, error)
  }

  #gone = (): void => {
    this.#socket = null
    this.lane.pool.closed(this)
  }
}

/** undici closes a connection after a HEAD request, unless it is told not to. */
function reusableHead(options: DispatchOptions): DispatchOptions {
  return options.reset === undefined || options.reset === null ? { ...options, reset: false } : options
}

function isSocket(value: unknown): value is Socket {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Socket).once === 'function' &&
    typeof (value as Socket).destroy === 'function'
  )
}
