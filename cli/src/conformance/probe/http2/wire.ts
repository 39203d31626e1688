import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** A connection as an HTTP/2 session sees it, so that what node:http2 cannot do can be done: frames of one's own, and falling silent. */
export class Wire extends Duplex {
  readonly #socket: Socket
  #silent = false

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('data', (chunk) => {
      if (!this.#silent && !this.push(chunk)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', () => {})
    socket.on('close', () => this.destroy())
  }

  /** From now on what comes is read and not heard. */
  fallSilent(): void {
    this.#silent = true
    this.#socket.resume()
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}

/** GOAWAY, no error. With 0 as the last stream it says that nothing at all was processed, which node:http2 cannot say. */
export function goaway(lastStream: number): Buffer {
  const frame = Buffer.alloc(17)
  frame.writeUIntBE(8, 0, 3)
  frame.writeUInt8(7, 3)
  frame.writeUInt32BE(lastStream, 9)
  return frame
}
