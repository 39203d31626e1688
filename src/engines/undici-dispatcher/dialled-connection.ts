import type { Socket } from 'node:net'
import { type Clock, Connection, throwLater } from '../../pool/port.ts'
import type { Gateway } from '../proxy/gateway.ts'
import type { ConnectionLane } from './connection-lane.ts'
import type { Detour } from './detour.ts'
import { ConnectorDial, type Dialler } from './dial.ts'
import type { Client, ConnectCallback, ConnectOptions } from './peer.ts'
import { connectAhead, Session, type SessionKeeper, speaksHttp2 } from './session.ts'
import { Spare } from './spare.ts'

const noop = () => {}

/** One Client of undici with at most one socket: it is connected once, and given up with it. */
export abstract class DialledConnection extends Connection implements Dialler, SessionKeeper {
  declare lane: ConnectionLane
  /** Why the request that it was opened for was given up before it was connected. */
  cause: Error | undefined
  /** The proxy that it is made through, and how. */
  readonly gateway: Gateway | null
  readonly detour: Detour | null
  /** Of HTTP/2, if its server has agreed to that. Else it carries one request at a time. */
  session: Session | null = null
  /** It is given up, or its socket has closed. */
  ended = false
  protected client: Client | null = null
  /** Requests that the Client has and has not ended. */
  protected serving = 0
  /** One of them has failed, and with it the connection. */
  protected failed = false
  #dial: ConnectorDial | null = null
  /** Its socket, if that was opened ahead and undici has not asked for it. */
  #spare: Spare | null = null
  /** From when on the Client tells of the socket's end, after it has told the request. */
  #connected = false

  constructor(lane: ConnectionLane) {
    super(lane)
    this.gateway = lane.route.gateway
    this.detour = lane.detour()
  }

  get clock(): Clock {
    return this.lane.core.clock
  }

  override usable(): boolean {
    const socket = this.socket
    if (socket === null || socket.destroyed) return false
    if (this.gateway !== this.lane.route.gateway || this.detour?.kept === false) return false
    if (this.session !== null) return this.session.open
    return this.#connected || this.#spare?.quiet === true
  }

  override open(): void {
    const { driver, url, servername } = this.lane
    this.#start(driver.connectOptions(url, servername), this.#onAhead)
    this.socket?.unref?.()
  }

  override get hasSocket(): boolean {
    return this.#dial?.open === true
  }

  override close(error?: Error): void {
    const dial = this.#dial
    if (dial === null || !dial.attempted) this.lane.core.neverDialled(this)
    const told = this.detour === null ? error : this.detour.toldOf(error)
    this.#end(this.lane.driver.reason ?? told ?? this.cause ?? null)
    if (dial === null) this.gone()
  }

  arrived(): void {
    if (this.state === 'closed') this.lane.core.arrivedLate(this)
  }

  gone(): void {
    if (this.session !== null && this.serving > 0) {
      this.failed = true
      this.lane.core.clock.soon(this.#loseStreams)
    } else this.#closed()
  }

  fail(error: Error): void {
    this.#end(error)
  }

  /** Its server does not answer any more. */
  died(): void {
    const { core, driver } = this.lane
    this.failed = true
    core.drain(this)
    this.#end(new driver.peer.errors.SocketError('HTTP/2: no answer to a ping'))
  }

  protected openClient(): Client {
    const { driver, url, clientOptions } = this.lane
    const client = driver.createClient(url, this.#connect, clientOptions)
    this.client = client
    client.on('connect', this.#onConnect).on('disconnect', this.#onDisconnect).on('connectionError', this.#onConnectionError)
    return client
  }

  #start(options: ConnectOptions, callback: ConnectCallback): void {
    const { lane } = this
    this.#dial = new ConnectorDial(this)
    this.#dial.start(lane.driver, lane.connectorBy(this.detour), options, callback)
  }

  protected get socket(): Socket | null {
    return this.#dial === null ? null : this.#dial.socket
  }

  /**
   * The only way in which a Client is given up. undici may be on the stack, in the middle of a write or of an answer, where it does not survive
   * the end of its Client: that waits until undici has returned. The socket of a request that runs ends at once, as undici itself ends it from
   * anywhere; that of one that undici has ended is left to undici first.
   */
  #end(error: Error | null): void {
    if (this.ended) return
    this.ended = true
    if (this.serving > 0) this.#endSocket(error)
    this.destroyClient(error)
  }

  protected destroyClient(error: Error | null): void {
    this.lane.core.clock.soon(() => {
      this.#endSocket(error)
      // It fails the request. A Client without one is nothing without its socket.
      if (this.serving > 0) this.client?.destroy(error, noop)
    })
  }

  #endSocket(error: Error | null): void {
    const { errors } = this.lane.driver.peer
    // Until undici has it, nobody may listen to its errors.
    this.#dial?.end(this.#connected ? (error ?? new errors.ClientDestroyedError()) : undefined)
  }

  /** A Client with an unsent request would connect again, behind the pool's back: it is given up and must not. */
  #connect = (options: ConnectOptions, callback: ConnectCallback): void => {
    if (this.ended) return
    if (this.session !== null) return this.session.refuseDial(callback, this.socket)
    if (this.#spare !== null) {
      this.#spare.take()
      this.#spare = null
      return this.#dial?.handOver(callback)
    }
    this.#start(options, callback)
  }

  /** A socket has come that no request waits for. */
  #onAhead: ConnectCallback = (error, socket) => {
    if (error !== null || socket === null) {
      this.#end(null)
      return
    }
    this.#spare = new Spare(socket)
    // What such a server says before it is asked is for a session to hear.
    if (speaksHttp2(socket)) return connectAhead(this.openClient(), this.lane.driver.peer, this.lane.servername)
    this.#spare.wait()
    this.lane.core.connected(this)
  }

  #onConnect = (url: URL): void => {
    const { core } = this.lane
    const socket = this.socket as Socket
    this.#connected = true
    if (speaksHttp2(socket)) {
      this.session = new Session(this.client as Client, socket, this)
      core.connected(this, true)
    } else {
      this.#dial?.connected()
      core.connected(this)
    }
    this.#emit('connect', url)
  }

  #onConnectionError = (url: URL, _targets: unknown, error: Error): void => {
    if (this.session !== null) return
    // Of some errors undici thinks that another attempt might help.
    this.#end(error)
    this.#emit('connectionError', url, error)
  }

  /** The socket has closed, or an upgrade has taken it away, or it takes no more requests after GOAWAY. */
  #onDisconnect = (url: URL, _targets: unknown, error: Error): void => {
    if (this.session === null) this.#onSocketLost(error)
    else if (this.socket !== null || this.serving > 0) this.session.cut(error, this.socket)
    this.#emit('disconnect', url, error)
  }

  #onSocketLost(error: Error): void {
    const socket = this.socket
    this.ended = true
    if (socket?.destroyed === false) {
      this.serving = 0
      this.lane.core.upgraded(this, socket)
    }
    if (this.serving > 0) this.lane.core.clock.soon(() => this.#lose(error))
    else this.#dial?.release()
  }

  /** Its socket has closed. What ran on it is told first, as in `lose`. */
  #loseStreams = (): void => {
    if (this.serving > 0) this.client?.destroy(this.session?.cutBy ?? null, noop)
    this.#closed()
  }

  #closed(): void {
    this.session?.forgetReason()
    this.lane.core.closed(this)
  }

  /** Its unsent request is told first: it looks at the connection to see whether it may be sent again. */
  #lose(error: Error): void {
    this.client?.destroy(error, noop)
    this.#dial?.release()
  }

  #emit(event: 'connect' | 'disconnect' | 'connectionError', url: URL, error?: Error): void {
    const { driver, core } = this.lane
    try {
      driver.emit(event, url, this.client, error)
    } catch (thrown) {
      throwLater(core.clock, thrown)
    }
  }
}
