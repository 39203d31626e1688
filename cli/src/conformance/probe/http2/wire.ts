import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** A connection as an HTTP/2 session sees it, so that what node:http2 cannot do can be done: frames of one's own, and falling silent. */
export class Wire extends Duplex {
  readonly #socket: Socket
  readonly #sent = new FrameReader()
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

  /** Streams that the server has refused by RST_STREAM: node:http2 does not tell of those above its limit. */
  get refused(): number {
    return this.#sent.refused
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
    this.#sent.read(chunk)
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

const headerLength = 9

/** Counts what matters among the frames of one direction. */
class FrameReader {
  refused = 0
  readonly #header = Buffer.alloc(headerLength)
  /** The error code, if it is a frame that has one. */
  readonly #code: number[] = []
  #at = 0
  #length = 0

  read(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      if (this.#at < headerLength) {
        const taken = chunk.copy(this.#header, this.#at, from, from + headerLength - this.#at)
        this.#at += taken
        from += taken
        if (this.#at === headerLength) this.#length = this.#header.readUIntBE(0, 3)
      } else {
        const taken = Math.min(headerLength + this.#length - this.#at, chunk.length - from)
        if (this.#header[3] === rstStream) this.#code.push(...chunk.subarray(from, from + taken))
        this.#at += taken
        from += taken
      }
      if (this.#at === headerLength + this.#length && this.#at >= headerLength) this.#end()
    }
  }

  #end(): void {
    if (this.#header[3] === rstStream && this.#code[3] === refusedStream) this.refused++
    this.#code.length = 0
    this.#at = 0
    this.#length = 0
  }
}

const rstStream = 3
const refusedStream = 7
