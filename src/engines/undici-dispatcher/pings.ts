import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { Alarm, Clock } from '../../pool/port.ts'

const noop = () => {}

/**
 * Asks a session of which nothing is heard whether it lives, and tells if nothing is heard for the interval after that. It looks twice in each
 * interval and asks at the first look that finds nothing new, so that one that is silent is asked once in each interval, and one that died is
 * left two intervals after its last word. undici's own pings are timed by what a test may have faked, and before 8.13.1 nobody misses their answers.
 */
export class Pings {
  readonly #clock: Clock
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #step: number
  readonly #onDead: () => void
  readonly #alarm: Alarm
  /** Bytes that had come when it was last looked. */
  #heard: number
  /** Looks since it was asked and has said nothing; null: nothing is asked. */
  #unanswered: number | null = null

  constructor(clock: Clock, session: ClientHttp2Session, socket: Socket, interval: number, onDead: () => void) {
    this.#clock = clock
    this.#session = session
    this.#socket = socket
    this.#step = Math.ceil(interval / 2)
    this.#onDead = onDead
    this.#heard = socket.bytesRead
    this.#alarm = clock.alarm(() => this.#look())
    this.#alarm.set(this.#step)
  }

  stop(): void {
    this.#alarm.clear()
  }

  #look(): void {
    if (this.#socket.destroyed) return
    if (this.#hears()) this.#unanswered = null
    else if (this.#unanswered === null) this.#ask()
    // What has come in time may not have been read yet.
    else if (++this.#unanswered === 2) return this.#clock.turn(() => this.#judge())
    this.#alarm.set(this.#step)
  }

  #judge(): void {
    if (this.#socket.destroyed) return
    if (!this.#hears()) return this.#onDead()
    this.#unanswered = null
    this.#alarm.set(this.#step)
  }

  #ask(): void {
    this.#unanswered = 0
    // One that ends by itself takes none, and its socket closes.
    if (!this.#session.destroyed) this.#session.ping(noop)
  }

  /** Whether something has come since this was last asked. */
  #hears(): boolean {
    const { bytesRead } = this.#socket
    const hears = bytesRead !== this.#heard
    this.#heard = bytesRead
    return hears
  }
}
