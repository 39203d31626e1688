import type { Socket } from 'node:net'

const noop = () => {}

/** A socket that was opened ahead, and that undici has not asked for. */
export class Spare {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', noop)
  }

  /** For a request, over HTTP/1.1: a session hears itself what its server says. */
  wait(): void {
    this.#socket.on('readable', this.#onUnasked).unref?.()
  }

  /** Whether its server has said nothing: what it says before it is asked is its end, or nonsense. */
  get quiet(): boolean {
    const { writable, readableLength, readableEnded } = this.#socket
    return writable !== false && !readableLength && readableEnded !== true
  }

  /** undici asks for it. */
  take(): void {
    this.#socket.off('error', noop).off('readable', this.#onUnasked).ref?.()
  }

  /** Its server speaks before it is asked, or ends it. */
  #onUnasked = (): void => {
    if (this.#socket.readableLength > 0) this.#socket.destroy()
  }
}
