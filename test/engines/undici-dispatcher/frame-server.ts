import type { Socket } from 'node:net'
import { serveRaw, type TestServer } from './harness.ts'

const prefaceLength = 24
const headLength = 9
/** Types of frames. */
const headers = 1
const ping = 6

/** A connection of HTTP/2 on which the test writes every frame, together with others or not. */
export class FrameSession {
  readonly socket: Socket
  /** Streams whose HEADERS have come. */
  readonly streams: number[] = []
  /** What PING asked to have sent back. */
  readonly pings: Buffer[] = []
  #unread = Buffer.alloc(0)
  #toSkip = prefaceLength

  constructor(socket: Socket, onStream: (session: FrameSession, stream: number) => void) {
    this.socket = socket
    socket.on('data', (data: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, data])
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        if (next[3] === ping) this.pings.push(next.subarray(headLength))
        if (next[3] !== headers) continue
        this.streams.push(next.readUInt32BE(5))
        onStream(this, next.readUInt32BE(5))
      }
    })
  }

  /** In one piece. */
  write(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  #next(): Buffer | undefined {
    const start = this.#toSkip
    if (this.#unread.length < start + headLength) return undefined
    const end = start + headLength + this.#unread.readUIntBE(start, 3)
    if (this.#unread.length < end) return undefined
    const found = this.#unread.subarray(start, end)
    this.#unread = this.#unread.subarray(end)
    this.#toSkip = 0
    return found
  }
}

/** A server that speaks HTTP/2 without TLS, and says what `onStream` writes. */
export async function serveFrames(
  onSession: (session: FrameSession, index: number) => void,
  onStream: (session: FrameSession, stream: number) => void,
): Promise<TestServer & { readonly sessions: readonly FrameSession[] }> {
  const sessions: FrameSession[] = []
  const server = await serveRaw((socket, index) => {
    const session = new FrameSession(socket, onStream)
    sessions.push(session)
    onSession(session, index)
  })
  return { ...server, sessions }
}
