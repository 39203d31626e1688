import type { ServerHttp2Stream } from 'node:http2'

const headEnd = '\r\n\r\n'

/** Headers that HTTP/2 does not know. */
const ofHttp1: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** The text of one answer over HTTP/1.1, as it comes, written to a stream of HTTP/2. */
export class AnswerText {
  /** All of it has come. */
  complete = false
  #head = ''
  #inBody = false
  /** Bytes of the body, or of its chunk, that have not come; infinite without a length. */
  #left = 0
  #chunked = false
  #pending = ''

  /** @returns what follows it */
  take(text: string, stream: ServerHttp2Stream): string {
    if (stream.destroyed) throw new Error('the client has left')
    return this.#inBody ? this.#takeBody(text, stream) : this.#takeHead(text, stream)
  }

  #takeHead(text: string, stream: ServerHttp2Stream): string {
    const all = this.#head + text
    const end = all.indexOf(headEnd)
    if (end === -1) {
      this.#head = all
      return ''
    }
    this.#head = ''
    const [first = '', ...lines] = all.slice(0, end).split('\r\n')
    const fields = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
    const headers = { ':status': first.split(' ')[1], ...Object.fromEntries(fields.filter(([name = '']) => !ofHttp1.has(name))) }
    if (Number(headers[':status']) < 200) stream.additionalHeaders(headers)
    else this.#begin(new Map(fields as [string, string][]), headers, stream)
    return all.slice(end + headEnd.length)
  }

  #begin(fields: ReadonlyMap<string, string>, headers: object, stream: ServerHttp2Stream): void {
    this.#inBody = true
    this.#chunked = fields.get('transfer-encoding') === 'chunked'
    this.#left = this.#chunked ? 0 : Number(fields.get('content-length') ?? Number.POSITIVE_INFINITY)
    this.complete = !this.#chunked && this.#left === 0
    stream.respond(headers as { [name: string]: string }, { endStream: this.complete })
  }

  #takeBody(text: string, stream: ServerHttp2Stream): string {
    if (this.#chunked && this.#left === 0) return this.#takeChunkHead(text, stream)
    const taken = text.slice(0, this.#left)
    this.#left -= taken.length
    stream.write(taken, 'latin1')
    if (this.#left === 0 && !this.#chunked) this.#end(stream)
    return text.slice(taken.length)
  }

  /** The length of the next chunk, behind the line end of the one before; 0 is the end. */
  #takeChunkHead(text: string, stream: ServerHttp2Stream): string {
    const all = this.#pending + text
    const found = /^(?:\r\n)?([\da-f]+)\r\n/.exec(all)
    if (found === null || (found[1] === '0' && !all.startsWith(headEnd, found[0].length - 2))) {
      this.#pending = all
      return ''
    }
    this.#pending = ''
    this.#left = Number.parseInt(found[1] ?? '', 16)
    if (this.#left > 0) return all.slice(found[0].length)
    this.#end(stream)
    return all.slice(found[0].length + 2)
  }

  #end(stream: ServerHttp2Stream): void {
    this.complete = true
    stream.end()
  }
}
