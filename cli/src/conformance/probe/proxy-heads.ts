/** Finds the heads of requests in what a client sends: their bodies have a Content-Length or none. After CONNECT all is the tunnel's. */
export class ProxyHeads {
  readonly #onHead: (head: string) => string | null
  #text = ''
  #bodyLeft = 0

  /** @param onHead gives what stands in for the head; nothing: what follows is passed on as it is; null: nothing is read any more */
  constructor(onHead: (head: string) => string | null) {
    this.#onHead = onHead
  }

  *read(chunk: Buffer): Generator<Buffer> {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#bodyLeft > 0) {
        const body = rest.subarray(0, this.#bodyLeft)
        this.#bodyLeft -= body.length
        rest = rest.subarray(body.length)
        yield body
        continue
      }
      this.#text += rest.toString('latin1')
      const end = this.#text.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = this.#text.slice(0, end + 4)
      rest = Buffer.from(this.#text.slice(end + 4), 'latin1')
      this.#text = ''
      const written = this.#onHead(head)
      if (written === null || written === '') this.#bodyLeft = Number.POSITIVE_INFINITY
      if (written === null) return
      if (written !== '') this.#bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      yield Buffer.from(written, 'latin1')
    }
  }
}
