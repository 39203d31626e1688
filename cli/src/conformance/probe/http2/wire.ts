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

  /**
   * GOAWAY, no error. With 0 as the last stream it says that nothing at all was processed, which node:http2 cannot say. When it says so
   * by itself later, it is held to the same stream: to raise it is forbidden.
   */
  goaway(lastStream: number): void {
    this.#sent.lastStream = lastStream
    this.write(goaway(lastStream))
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

function goaway(lastStream: number): Buffer {
  const frame = Buffer.alloc(headerLength + 8)
  frame.writeUIntBE(8, 0, 3)
  frame.writeUInt8(goawayType, 3)
  frame.writeUInt32BE(lastStream, headerLength)
  return frame
}

const rstStream = 3
const goawayType = 7
const refusedStream = 7
const headerLength = 9

/** Counts and corrects what matters among the frames of one direction. */
class FrameReader {
  refused = 0
  /** What every GOAWAY names as the last stream; null: what it does. */
  lastStream: number | null = null
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
        if (this.#header[3] === goawayType) this.#correct(chunk.subarray(from, from + taken))
        this.#at += taken
        from += taken
      }
      if (this.#at === headerLength + this.#length && this.#at >= headerLength) this.#end()
    }
  }

  #correct(part: Buffer): void {
    const { lastStream } = this
    if (lastStream === null) return
    for (let at = 0; at < part.length && this.#at + at < headerLength + 4; at++) {
      part[at] = (lastStream >>> (8 * (headerLength + 3 - this.#at - at))) & 0xff
    }
  }

  #end(): void {
    if (this.#header[3] === rstStream && this.#code[3] === refusedStream) this.refused++
    this.#code.length = 0
    this.#at = 0
    this.#length = 0
  }
}
