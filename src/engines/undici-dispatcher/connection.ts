import type { Socket } from 'node:net'
import { type Clock, Connection, type Core, type Lane, throwLater } from '../../pool/port.ts'
import { ConnectorDial, type Dialler, type DialSettings } from './dial.ts'
import { type ClientMaker, type Draft, type Drafts, reusable } from './draft.ts'
import type { Client, ConnectCallback, ConnectOptions, DispatchOptions, Peer } from './peer.ts'
import { inRealTime, isFaked } from './real-time.ts'
import { willBeKept } from './reuse.ts'

const noop = () => {}

/** What connections ask of the driver of their dispatcher. */
export interface ConnectionDriver extends DialSettings, ClientMaker {
  readonly peer: Peer
  readonly core: Core
  readonly drafts: Drafts
  /** What undici asks a connector with, for a Client without a request. */
  connectOptions(url: string, servername: string): ConnectOptions
  /** What requests fail with that `destroy` was given. */
  readonly reason: Error | null
  emit(event: 'connect' | 'disconnect' | 'connectionError', url: URL, client: Client | null, error?: Error): void
}

/** What they ask of their lane. */
interface ConnectionLane extends Lane {
  readonly driver: ConnectionDriver
  readonly core: Core
  readonly url: string
  readonly servername: string
}

/** One Client of undici with at most one socket: it is connected once, and given up with it. */
export class ClientConnection extends Connection implements Dialler {
  declare lane: ConnectionLane
  /** Why its request was given up before it was connected. */
  cause: Error | undefined
  #client: Client | null = null
  #dial: ConnectorDial | null = null
  /** Its socket was opened ahead, and undici has not asked for it. */
  #spare = false
  /** From when on the Client tells of the socket's end, after it has told the request. */
  #connected = false
  /** The Client has a request that it has not ended. */
  #serving = false
  #ended = false
  #keepAlive: string | undefined
  #sendsBody = false

  /**
   * Sends a request, connecting first. `handler` hears what comes of it.
   * @param draft undici's own request, if that is made already
   */
  send(options: DispatchOptions, handler: object, draft: Draft | null): void {
    const client = this.#client ?? this.#open()
    // Sends `Connection: close`.
    if (this.overflow || !this.lane.origin.limits.keepAlive) client.pipelining = 0
    this.#sendsBody = options.body !== undefined && options.body !== null
    this.#serving = true
    if (isFaked()) this.#giveInRealTime(client, options, handler, draft)
    else this.#give(client, options, handler, draft)
    if (this.#ended) this.#destroyClient(null)
  }

  /**
   * The response is complete. If the socket can't be used again, undici destroys it after this has returned.
   * @param keepAlive the response's header of that name
   */
  complete(keepAlive: string | undefined): void {
    const { clock } = this.lane.core
    this.#serving = false
    this.#keepAlive = keepAlive
    if (!this.usable() || !willBeKept(this.#socket as Socket)) clock.soon(this.#release)
    else if ((this.#sendsBody && this.#writes) || isFaked()) clock.check(releaseWritten, this)
    // A waiter that is granted it before this returns has its request written one turn of the event loop earlier.
    else this.lane.core.release(this, true, keepAlive)
  }

  /** undici has dropped its request without a byte of it being written. */
  vacate(): void {
    this.#serving = false
    this.#keepAlive = undefined
    this.lane.core.clock.soon(this.#release)
  }

  /** undici has failed its request, and ends the socket after this has returned. */
  fails(): void {
    this.#serving = false
    this.lane.core.release(this, false)
  }

  get clock(): Clock {
    return this.lane.core.clock
  }

  override usable(): boolean {
    const socket = this.#socket
    if (socket === null || socket.destroyed) return false
    return this.#connected || (this.#spare && isQuiet(socket))
  }

  override open(): void {
    const { driver, url, servername } = this.lane
    this.#dial = new ConnectorDial(this)
    this.#dial.start(driver, driver.connectOptions(url, servername), this.#onAhead)
    this.#socket?.unref?.()
  }

  override get hasSocket(): boolean {
    return this.#dial?.open === true
  }

  /** undici itself unreferences the socket of an idle Client and watches it. */
  override park(): void {}

  override close(error?: Error): void {
    const dial = this.#dial
    if (dial === null || !dial.attempted) this.lane.core.neverDialled(this)
    this.#end(this.lane.driver.reason ?? error ?? this.cause ?? null)
    if (dial === null) this.gone()
  }

  /**
   * A server may answer before it has read the body: what waits to be written then would hold up the next request, maybe for ever.
   * TLS tells of what it has written only in the check phase.
   */
  releaseWritten(): void {
    this.lane.core.release(this, this.usable() && !this.#writes, this.#keepAlive)
  }

  arrived(): void {
    if (this.state === 'closed') this.lane.core.arrivedLate(this)
  }

  gone(): void {
    this.lane.core.closed(this)
  }

  fail(error: Error): void {
    this.#end(error)
  }

  #give(client: Client, options: DispatchOptions, handler: object, draft: Draft | null): void {
    if (draft === null) client.dispatch(reusable(options), handler)
    else this.lane.driver.drafts.send(draft, client)
  }

  #giveInRealTime(client: Client, options: DispatchOptions, handler: object, draft: Draft | null): void {
    // Before undici itself goes on with a body that is an iterable, a microtask later.
    this.lane.core.clock.soon(() => inRealTime(() => resume(client)))
    inRealTime(() => this.#give(client, options, handler, draft))
  }

  #open(): Client {
    const { driver, url } = this.lane
    const client = driver.createClient(url, this.#connect)
    this.#client = client
    client.on('connect', this.#onConnect).on('disconnect', this.#onDisconnect).on('connectionError', this.#onConnectionError)
    return client
  }

  get #socket(): Socket | null {
    return this.#dial === null ? null : this.#dial.socket
  }

  get #writes(): boolean {
    return (this.#socket?.writableLength ?? 0) > 0
  }

  #release = (): void => {
    this.lane.core.release(this, this.usable(), this.#keepAlive)
  }

  /**
   * The only way in which a Client is given up. undici may be on the stack, in the middle of a write or of an answer, where it does not survive
   * the end of its Client: that waits until undici has returned. The socket of a request that runs ends at once, as undici itself ends it from
   * anywhere; that of one that undici has ended is left to undici first.
   */
  #end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#serving) this.#endSocket(error)
    this.#destroyClient(error)
  }

  #destroyClient(error: Error | null): void {
    this.lane.core.clock.soon(() => {
      this.#endSocket(error)
      // It fails the request. A Client without one is nothing without its socket.
      if (this.#serving) this.#client?.destroy(error, noop)
    })
  }

  #endSocket(error: Error | null): void {
    const { errors } = this.lane.driver.peer
    // Until undici has it, nobody may listen to its errors.
    this.#dial?.end(this.#connected ? (error ?? new errors.ClientDestroyedError()) : undefined)
  }

  /** A Client with an unsent request would connect again, behind the pool's back: it is given up and must not. */
  #connect = (options: ConnectOptions, callback: ConnectCallback): void => {
    if (this.#ended) return
    if (this.#spare) {
      this.#spare = false
      this.#socket?.off('error', noop).off('readable', this.#onUnasked).ref?.()
      return this.#dial?.handOver(callback)
    }
    this.#dial = new ConnectorDial(this)
    this.#dial.start(this.lane.driver, options, callback)
  }

  /** A socket has come that no request waits for. */
  #onAhead: ConnectCallback = (error, socket) => {
    if (error !== null || socket === null) {
      this.#ended = true
      return
    }
    socket.on('error', noop).on('readable', this.#onUnasked).unref?.()
    this.#spare = true
    this.lane.core.connected(this)
  }

  /** Its server speaks before it is asked, or ends it. */
  #onUnasked = (): void => {
    const socket = this.#socket
    if (socket !== null && socket.readableLength > 0) socket.destroy()
  }

  #onConnect = (url: URL): void => {
    this.#connected = true
    this.#dial?.connected()
    this.lane.core.connected(this)
    this.#emit('connect', url)
  }

  #onConnectionError = (url: URL, _targets: unknown, error: Error): void => {
    // Of some errors undici thinks that another attempt might help.
    this.#end(error)
    this.#emit('connectionError', url, error)
  }

  /** The socket has closed, or an upgrade has taken it away. */
  #onDisconnect = (url: URL, _targets: unknown, error: Error): void => {
    const socket = this.#socket
    this.#ended = true
    if (socket?.destroyed === false) {
      this.#serving = false
      this.lane.core.upgraded(this, socket)
    }
    if (this.#serving) this.lane.core.clock.soon(() => this.#lose(error))
    else this.#dial?.release()
    this.#emit('disconnect', url, error)
  }

  /** Its unsent request is told first: it looks at the connection to see whether it may be sent again. */
  #lose(error: Error): void {
    this.#client?.destroy(error, noop)
    this.#dial?.release()
  }

  #emit(event: 'connect' | 'disconnect' | 'connectionError', url: URL, error?: Error): void {
    const { driver, core } = this.lane
    try {
      driver.emit(event, url, this.#client, error)
    } catch (thrown) {
      throwLater(core.clock, thrown)
    }
  }
}

/** Whether its server has said nothing: what it says before it is asked is its end, or nonsense. */
function isQuiet({ writable, readableLength, readableEnded }: Socket): boolean {
  return writable !== false && !readableLength && readableEnded !== true
}

function releaseWritten(connection: ClientConnection): void {
  connection.releaseWritten()
}

/** Has undici look what there is to do. */
function resume(client: Client): void {
  const { pipelining } = client
  client.pipelining = pipelining
}
