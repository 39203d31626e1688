import type { Socket } from 'node:net'
import type { Clock } from '../../pool/port.ts'
import { DialWatch } from '../dial-watch.ts'
import type { ConnectCallback, ConnectOptions, Connector, Peer } from './peer.ts'

const noop = () => {}

/** What a dial is made by. */
export interface DialSettings {
  /** Whether the connector is the caller's own: what it opens before it calls back has to be watched. */
  readonly watchesDials: boolean
  readonly peer: Peer
}

/** Who dials, and hears what comes of it. */
export interface Dialler {
  readonly clock: Clock
  /** The dial was given up some time ago, and a socket of it was still there. */
  readonly overdue: boolean
  /** A socket has come for which nobody waits. */
  arrived(): void
  /** No socket of the dial is open, as far as can be known. */
  gone(): void
  /** undici has thrown at what it was given. */
  fail(error: Error): void
}

/**
 * One call of a connector, whatever that makes of it: it may call back late, never, twice, with nothing or with what is no socket.
 * undici hears of it once; a socket that it does not get is ended at once, and counts until it has closed.
 */
export class ConnectorDial {
  /** The socket that was given, or before that the one that the connector has returned. */
  socket: Socket | null = null
  readonly #dialler: Dialler
  /** The connector has been asked and has not called back. */
  #waiting = true
  #attempted = true
  #connected = false
  #ended = false
  /** Sockets that came too late or too often and have not closed yet. */
  #strays = 0
  #watch: DialWatch | null = null

  constructor(dialler: Dialler) {
    this.#dialler = dialler
  }

  /** Whether a socket is known that has not closed. */
  get open(): boolean {
    return this.socket !== null || this.#strays > 0 || this.#watch?.open === true
  }

  /** Whether it may have been seen on the wire: a socket that is destroyed at once, or while its name is looked up, is not. */
  get attempted(): boolean {
    return this.#attempted
  }

  /** @param connect opens sockets */
  start({ watchesDials, peer }: DialSettings, connect: Connector, options: ConnectOptions, callback: ConnectCallback): void {
    let returned = false
    const settle: ConnectCallback = (error, value) => {
      const socket = isSocket(value) ? value : null
      if (this.#refuses(error, socket)) return
      if (socket === null || error) callback(untimed(error) || new peer.errors.InvalidArgumentError(neither), null)
      else {
        this.#own(socket)
        // undici does not notice a socket that it is given while it asks for one.
        if (!returned) return this.#dialler.clock.soon(() => this.#give(socket, callback))
        return this.#give(socket, callback)
      }
      this.#settle()
    }
    if (watchesDials) this.#watch = new DialWatch()
    try {
      const value = this.#watch === null ? connect(options, settle) : this.#watch.run(() => connect(options, settle))
      if (isThenable(value)) {
        value.then(
          (late) => this.#adopt(late),
          (error) => settle(error as Error, null),
        )
      } else this.#adopt(value)
    } catch (error) {
      settle(error as Error, null)
    }
    returned = true
  }

  /** undici has it now, and tells of its end. */
  connected(): void {
    this.#connected = true
    this.socket?.off('close', this.#onClose)
  }

  /** The socket has closed, or is somebody else's. */
  release(): void {
    this.socket = null
    this.#settle()
  }

  /** undici asks for the socket, which was opened before that. */
  handOver(callback: ConnectCallback): void {
    const { socket } = this
    // undici does not notice a socket that it is given while it asks for one.
    if (socket !== null) this.#dialler.clock.soon(() => this.#give(socket, callback))
  }

  /** Ends what there is, and what may still come. */
  end(error: Error | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.socket?.destroy(error)
    if (this.#waiting) this.#watch?.whenClosed(this.#onWatchedClosed)
  }

  /** Whether nobody waits for what the connector has called back with; a socket that undici must not get is ended here. */
  #refuses(error: Error | null, socket: Socket | null): boolean {
    const first = this.#waiting
    this.#waiting = false
    if (first) this.#watch?.end()
    const refused = !first || this.#ended
    if (socket !== null && socket !== this.socket && (refused || error)) this.#discard(socket)
    else if (first && refused) this.#settle()
    return refused
  }

  #own(socket: Socket): void {
    // What was returned may be what this one stands on, as under TLS.
    this.socket?.off('close', this.#onClose)
    this.socket = socket
    // Its attempt may have been made before anybody could listen for it.
    this.#attempted = true
    socket.once('close', this.#onClose)
  }

  #give(socket: Socket, callback: ConnectCallback): void {
    if (this.#ended) return
    try {
      callback(null, socket)
    } catch (error) {
      this.#dialler.fail(error as Error)
    }
    this.#settle()
  }

  /** Tells if nothing is open any more and nothing is waited for. */
  #settle(): void {
    if (this.socket?.closed && !this.#connected) this.#awaitClose(this.socket)
    else if (this.socket === null && this.#strays === 0 && (!this.#waiting || this.#ended)) this.#dialler.gone()
  }

  /** Takes note of what the connector has returned before it has called back. */
  #adopt(value: unknown): void {
    if (!this.#waiting || this.socket !== null || !isSocket(value)) return
    this.socket = value
    value.once('close', this.#onClose)
    if (value.connecting) {
      this.#attempted = false
      value.once('connectionAttempt', this.#onAttempt)
      // Deno tells of no attempt.
      value.once('connect', this.#onAttempt)
    }
    if (this.#ended) this.#destroy(value)
  }

  #discard(socket: Socket): void {
    this.#strays++
    this.#dialler.arrived()
    const onClose = () => {
      this.#strays--
      this.#settle()
    }
    if (socket.closed) return this.#dialler.clock.turn(onClose)
    socket.once('close', onClose)
    this.#destroy(socket)
  }

  #destroy(socket: Socket): void {
    socket.on('error', noop)
    socket.destroy()
  }

  #onAttempt = (): void => {
    this.#attempted = true
  }

  /** A socket that is `closed` tells so within a turn, once the system has closed it; one that came closed has told it before. */
  #awaitClose(socket: Socket): void {
    this.#dialler.clock.turn(() => {
      if (socket === this.socket) this.#onClose()
    })
  }

  #onClose = (): void => {
    this.socket?.off('close', this.#onClose)
    this.release()
  }

  // Before that another one may come: a connector may try several addresses.
  #onWatchedClosed = (): void => {
    if (this.#dialler.overdue) this.#settle()
  }
}

const neither = 'connect: the connector has called back with neither an error nor a socket; give it one of the two'

/**
 * Where an attempt at one of several addresses has timed out, undici's connector tells of its own timeout, which it has not: the pool's is the
 * core's.
 */
function untimed(error: Error | null): Error | null {
  if (error?.cause instanceof AggregateError && error.message.endsWith(', timeout: 0ms)'))
    error.message = `${error.message.slice(0, -', timeout: 0ms)'.length)})`
  return error
}

function isSocket(value: unknown): value is Socket {
  return hasMethod(value, 'once') && hasMethod(value, 'destroy')
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return hasMethod(value, 'then')
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { [name: string]: unknown })[name] === 'function'
}
