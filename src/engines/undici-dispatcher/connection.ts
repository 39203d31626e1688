import type { ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CarriedRequest } from '../../pool/port.ts'
import { carriedBy, carriedByStreams, hasBody } from './carried.ts'
import { DialledConnection } from './dialled-connection.ts'
import type { Draft } from './draft.ts'
import { give } from './give.ts'
import type { DispatchOptions } from './peer.ts'
import { isFaked } from './real-time.ts'
import { willBeKept } from './reuse.ts'
import type { Session } from './session.ts'

/** A connection and the requests on it: how each is sent, and how it comes to its end. */
export class ClientConnection extends DialledConnection {
  /** Of the last request. */
  #options: DispatchOptions | null = null
  /** Of the last answer over HTTP/1.1. */
  #keepAlive: string | undefined

  /**
   * Sends a request, connecting first. `handler` hears what comes of it.
   * @param draft undici's own request, if that is made already
   */
  send(options: DispatchOptions, handler: object, draft: Draft | null): void {
    const client = this.client ?? this.openClient()
    // Sends `Connection: close`.
    if (this.overflow || !this.lane.origin.limits.keepAlive) client.pipelining = 0
    this.serving++
    this.#options = options
    give(this.lane.driver, client, options, handler, draft)
    if (this.ended) this.destroyClient(null)
  }

  /**
   * A response is complete. If the socket can't be used again, undici destroys it after this has returned.
   * @param keepAlive the response's header of that name
   * @param upload by which a body is sent over HTTP/2: until that has ended too, the stream counts for its server (RFC 9113, 5.1.2)
   */
  complete(keepAlive: string | undefined, options: DispatchOptions, upload: ClientHttp2Stream | null): void {
    const { clock } = this.lane.core
    if (this.session !== null) return this.#completeStream(this.session, upload)
    this.serving--
    this.#options = null
    this.#keepAlive = keepAlive
    if (!this.usable() || !willBeKept(this.socket as Socket)) clock.soon(this.#release)
    else if ((hasBody(options) && this.#writes) || isFaked()) clock.check(releaseWritten, this)
    // A waiter that is granted it before this returns has its request written one turn of the event loop earlier.
    else this.lane.core.release(this, true, keepAlive)
  }

  #completeStream(session: Session, upload: ClientHttp2Stream | null): void {
    session.answers()
    if (upload !== null && !upload.writableFinished) return this.lend(upload)
    this.serving--
    this.#options = null
    this.lane.core.release(this, this.usable())
  }

  /** undici has dropped a request without a byte of it being written, or ends the stream of it after this has returned. */
  vacate(): void {
    this.serving--
    if (this.state === 'opening') this.lane.core.connectFailed(this)
    this.giveBack()
  }

  /** A request is not sent on it after all. */
  giveBack(): void {
    this.#keepAlive = undefined
    this.lane.core.clock.soon(this.#release)
  }

  /** undici has failed its request, and ends the socket after this has returned. */
  fails(): void {
    this.serving--
    this.failed = true
    this.lane.core.release(this, false)
  }

  /** A stream goes on without a request, as after an upgrade: it takes up its share of the connection until it has closed. */
  lend(stream: Duplex): void {
    this.serving--
    if (stream.closed) this.giveBack()
    else stream.once('close', this.#release)
  }

  override get endedBy(): 'server' | 'error' {
    return this.failed || (this.session === null && this.serving > 0) ? 'error' : 'server'
  }

  override get carriedRequests(): readonly CarriedRequest[] {
    const socket = this.socket
    const request = this.#options
    if (this.session !== null) return carriedByStreams(this.session.streams)
    return request === null || socket === null || this.serving === 0 ? [] : [carriedBy(this, socket, request)]
  }

  /** undici itself unreferences the socket of an idle Client and watches it. */
  override park(): void {}

  /** For undici, too, it idles. */
  override hold(): void {}

  /**
   * A server may answer before it has read the body: what waits to be written then would hold up the next request, maybe for ever.
   * TLS tells of what it has written only in the check phase.
   */
  releaseWritten(): void {
    this.lane.core.release(this, this.usable() && !this.#writes, this.#keepAlive)
  }

  get #writes(): boolean {
    return (this.socket?.writableLength ?? 0) > 0
  }

  #release = (): void => {
    this.lane.core.release(this, this.usable(), this.#keepAlive)
  }
}

function releaseWritten(connection: ClientConnection): void {
  connection.releaseWritten()
}
