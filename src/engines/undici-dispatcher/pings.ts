import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { Alarm, Clock } from '../../pool/port.ts'

const noop = () => {}

/**
 * Asks a session of which nothing is heard whether it lives, and tells if nothing is heard for as long again. undici's own pings are timed by
 * what a test may have faked, and before 8.13.1 nobody misses their answers.
 */
export class Pings {
  readonly #clock: Clock
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #interval: number
  readonly #onDead: () => void
  readonly #alarm: Alarm
  /** Bytes that had come when it was last looked. */
  #heard: number
  #asked = false

  constructor(clock: Clock, session: ClientHttp2Session, socket: Socket, interval: number, onDead: () => void) {
    this.#clock = clock
    this.#session = session
    this.#socket = socket
    this.#interval = interval
    this.#onDead = onDead
    this.#heard = socket.bytesRead
    this.#alarm = clock.alarm(() => this.#look())
    this.#alarm.set(interval)
  }

  stop(): void {
    this.#alarm.clear()
  }

  #look(): void {
    if (this.#socket.destroyed) return
    if (this.#hears()) this.#asked = false
    // What has come in time may not have been read yet.
    else if (this.#asked) return this.#clock.turn(() => this.#judge())
    else this.#ask()
    this.#alarm.set(this.#interval)
  }

  #judge(): void {
    if (this.#socket.destroyed) return
    if (!this.#hears()) return this.#onDead()
    this.#asked = false
    this.#alarm.set(this.#interval)
  }

  #ask(): void {
    this.#asked = true
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
