import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { AnswerText } from './answer-text.ts'

/**
 * A connection of HTTP/2 as one of HTTP/1.1, so that the same scripts serve both: requests are read as text, one after another, and what is
 * written is taken for the text of the answer to the first of those that are not answered.
 */
export class Http2AsText extends Duplex {
  readonly #socket: Socket
  readonly #session: ServerHttp2Session
  /** Whose answers are not complete. */
  readonly #unanswered: ServerHttp2Stream[] = []
  #answer = new AnswerText()
  #reading: Promise<void> = Promise.resolve()
  #goOn: () => void = () => {}

  constructor(socket: Socket) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#session = http2.performServerHandshake(socket)
    this.#session.on('error', () => {})
    this.#session.on('stream', (stream, headers) => this.#onStream(stream, headers))
    this.#session.on('close', () => this.destroy())
    socket.on('end', () => this.push(null))
  }

  override _read(): void {
    this.#goOn()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#say(chunk.toString('latin1')).then(() => done(), done)
  }

  override _final(done: () => void): void {
    if (!this.#socket.writableEnded) this.#socket.end()
    done()
  }

  async #say(text: string): Promise<void> {
    for (let rest = text; rest !== ''; ) {
      const [stream] = this.#unanswered
      if (stream === undefined) throw new Error('there is no request that this would answer')
      const before = rest.length
      rest = this.#answer.take(rest, stream)
      if (this.#answer.complete) this.#drop(stream)
      else if (rest.length === before) break
    }
    // Frames are written in the check phase.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => {})
    stream.once('close', () => this.#drop(stream))
    this.#unanswered.push(stream)
    this.#reading = this.#reading.then(() => this.#readRequest(stream, headers)).catch(() => {})
  }

  async #readRequest(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const length = stream.endAfterHeaders ? '0' : headers['content-length']
    const framing = length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`
    await this.#tell(`${headers[':method']} ${headers[':path']} HTTP/1.1\r\n${framing}\r\n\r\n`)
    for await (const data of stream as AsyncIterable<Buffer>) {
      await this.#tell(length === undefined ? `${data.length.toString(16)}\r\n${data.toString('latin1')}\r\n` : data)
    }
    if (length === undefined) await this.#tell('0\r\n\r\n')
  }

  /** The script may have stopped reading. */
  async #tell(data: string | Buffer): Promise<void> {
    if (this.push(data, 'latin1')) return
    await new Promise<void>((resolve) => {
      this.#goOn = resolve
    })
  }

  /** Its answer is complete, or its client has left. */
  #drop(stream: ServerHttp2Stream): void {
    const at = this.#unanswered.indexOf(stream)
    if (at === -1) return
    if (at === 0) this.#answer = new AnswerText()
    this.#unanswered.splice(at, 1)
  }
}
