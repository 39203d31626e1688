import type { ClientHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { ClientConnection } from './connection.ts'
import { upgrades } from './handlers.ts'
import type { Farewell, Session } from './session.ts'
import { hasBodyStill, isReplayable, isSessionFailure, isSocketFailure } from './stale.ts'
import { isRefused, isUnseen, mostReplays, mostSends, UnseenError } from './unseen.ts'
import { WaitingRequest } from './waiting.ts'

/**
 * One request on its way: waits for a connection, is the handler that undici knows, and tells the caller's handler.
 * One object for all of it.
 */
export abstract class PoolRequest extends WaitingRequest {
  /** undici begins to write it. */
  sent = false
  /** The response has begun. */
  answered = false
  /** Over HTTP/2: when it was sent. */
  sentAt = 0
  /** Parts of its answer that undici has read. */
  parts = 0
  /** Over HTTP/2: by which its body is sent. */
  upload: ClientHttp2Stream | null = null
  /** How often it asked for another connection because its server had not seen it. */
  #replays = 0
  /** Over HTTP/2: how many of its streams count, and how many it may have. */
  #sends = 0
  #mostSends = mostSends
  /** Why its last stream was not the last. */
  #unseenFor: Error | null = null
  /** It was sent again because its server may have closed the connection before it came. */
  #repeated = false

  override send(connection: ClientConnection): void {
    if (connection.detour?.forwards && upgrades(this.options)) return this.#waitForTunnel(connection)
    this.connection = connection
    this.sent = false
    if (connection.state === 'opening' && !this.started) this.begin()
    if (this.over) this.release()
    else if (connection.mayBeStale && connection.running <= 1 && !this.#canRetry()) {
      this.makeDraft()
      this.lane.core.clock.check(connection.session !== null ? sendAfterPoll : sendCarefully, this)
    } else this.#handOver(connection)
  }

  /**
   * Sends a request that could not be sent again on a used connection: called in the check phase, from where undici waits for the next one
   * before it writes, so that a FIN that has come with the last response is seen.
   */
  sendCarefully(): void {
    const { connection } = this
    if (connection === null) return
    if (this.over) {
      this.connection = null
      connection.giveBack()
    } else if (connection.usable() || connection.session !== null) this.#handOver(connection)
    else {
      this.release()
      this.#wait()
    }
  }

  /** undici is about to write it. Throws if it has been cancelled, by which undici drops it and leaves the connection alone. */
  protected onWrite(): void {
    if (this.over) throw new this.lane.driver.peer.errors.RequestAbortedError()
    const { connection } = this
    connection?.detour?.begin()
    const session = connection?.session ?? null
    if (session === null) return
    // undici itself opens another one for a stream that was refused.
    if (this.#unseenFor !== null && this.#sends >= this.#mostSends) throw this.#unseenFor
    this.#sends++
    // Whole milliseconds: a number with a fraction would take room in each request, sent or waiting.
    this.sentAt = Math.trunc(this.lane.core.clock.now())
    session.starts(this)
  }

  /** The head of an answer has come. An error if it is a proxy's own answer, and none of the origin's. */
  protected refusalIn(status: number, field: (name: string) => string | undefined): Error | null {
    const detour = this.connection?.detour ?? null
    return detour === null || !detour.forwards ? null : detour.heed(status, field)
  }

  protected onDone(keepAlive: string | undefined): void {
    this.connection?.complete(keepAlive, this.options, this.upload)
    this.connection = null
    this.upload = null
  }

  /** The socket is the caller's now, and its connection has told the pool; or a stream is, and the connection stays. */
  protected onUpgraded(socket: Duplex): void {
    if (this.connection?.session) this.connection.lend(socket)
    this.connection = null
  }

  /** The caller's handler knows the end. What undici gave goes now: a request that has waited long is old, and what it holds grows old with it. */
  protected onEnded(): void {
    this.over = true
    this.forget()
  }

  /** undici has failed it: tries once more if that is safe, else tells the caller. */
  protected onFailed(error: Error): void {
    const { connection } = this
    if (connection !== null && connection.session !== null) return this.#onStreamFailed(connection, connection.session, error)
    const retry = this.#isStale(error)
    this.connection = null
    if (this.sent || retry) connection?.fails()
    else connection?.vacate()
    if (retry) this.#wait()
    else this.finish(error)
  }

  #handOver(connection: ClientConnection): void {
    // GOAWAY has come with an answer that was read before it.
    if (connection.session !== null && !connection.usable()) {
      this.release()
      return this.#waitAnyhow()
    }
    connection.send(this.options, this, this.takeDraft())
  }

  /** Whether a connection that had served before has failed it, so that it may be sent on a new one: it happens once. What was not sent at all is no retry. */
  #isStale(error: Error): boolean {
    const { connection } = this
    if (connection === null || !connection.mayBeStale || connection.state !== 'active' || connection.usable()) return false
    if (this.over || this.answered) return false
    return !this.sent || (isSocketFailure(error) && this.#canRetry())
  }

  /** One stream has failed, and maybe all of its connection. */
  #onStreamFailed(connection: ClientConnection, { farewell }: Session, error: Error): void {
    const unseen = this.#isUnseen(connection, farewell, error)
    const again = unseen || this.#isCutOff(connection, error)
    const reason = error instanceof UnseenError ? ((error.cause as Error | undefined) ?? error) : error
    this.connection = null
    connection.vacate()
    if (!again) return this.finish(reason)
    this.#unseenFor = reason
    if (unseen) return this.#waitAnyhow()
    this.#repeated = true
    this.#wait()
  }

  #isUnseen(connection: ClientConnection, farewell: Farewell | null, error: Error): boolean {
    const { fruitless } = this.lane
    if (this.over || this.answered || (this.#replays >= mostReplays && fruitless >= mostReplays)) return false
    if (!this.sent) return error instanceof UnseenError || !connection.usable()
    if (!hasBodyStill(this.options) || !(isUnseen(error) || isRefused(error))) return false
    // A server that takes on others goes on elsewhere. Where something is wrong it is sent once more and no more.
    if (farewell === 'routine') this.#sends--
    else if (farewell === 'nothing' && this.#sends === mostSends && fruitless < mostSends) this.#sends--
    else if (farewell === 'error') this.#mostSends = Math.min(this.#mostSends, this.#sends + 1)
    return this.#sends < this.#mostSends
  }

  /** As `isStale`, of a connection that carries many. */
  #isCutOff(connection: ClientConnection, error: Error): boolean {
    if (this.over || this.answered || this.#repeated || !connection.mayBeStale || connection.usable()) return false
    if (this.#sends >= this.#mostSends) return false
    return isSessionFailure(error) && this.#canRetry()
  }

  #canRetry(): boolean {
    return this.lane.core.config.retryStale && isReplayable(this.options)
  }

  /** Asks for a fresh connection. */
  #wait(): void {
    this.forget()
    this.makeDraft()
    if (this.over) return
    this.lane.core.retry(this)
    if (this.state !== 'settled') this.linger()
  }

  /**
   * Asks for any connection. From the second time on one turn later: by then it is known which others have ended, and a stream that was refused
   * is over.
   */
  #waitAnyhow(): void {
    this.#replays++
    this.forget()
    this.makeDraft()
    if (this.over) return
    this.linger()
    const { core, member } = this.lane
    const wait = () => {
      if (!this.over) core.requeue(this)
    }
    // A pool that closes may have ended by then.
    if ((this.#replays > 1 || this.#sends > 1) && member.state === 'open') core.clock.turn(wait)
    else wait()
  }

  /** A proxy that has come while it waited would take it in absolute form, which can become nothing else than HTTP. */
  #waitForTunnel(connection: ClientConnection): void {
    this.lane = this.lane.tunnelled
    this.lane.core.neverSent(connection)
    connection.giveBack()
    this.#waitAnyhow()
  }
}

function sendCarefully(request: PoolRequest): void {
  request.sendCarefully()
}

/** On a session undici writes at once: what has come with the last answer is heard in the poll phase before the next check phase. */
function sendAfterPoll(request: PoolRequest): void {
  request.lane.core.clock.check(sendCarefully, request)
}
