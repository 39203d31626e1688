import type { Duplex } from 'node:stream'

const headEnd = '\r\n\r\n'

/** Takes requests from a socket's bytes, only as far as it is asked to. */
export class RequestReader {
  readonly requests: string[] = []
  readonly bodies: string[] = []
  #received = ''
  #head: string | null = null
  #closed = false
  #wake: () => void = () => {}

  constructor(socket: Duplex) {
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#received += text
      this.#wake()
    })
    socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
  }

  /** Waits for a byte that belongs to no request taken so far. */
  async byte(): Promise<void> {
    while (this.#received === '') await this.#more()
  }

  async head(): Promise<void> {
    if (this.#head !== null) await this.body()
    while (!this.#received.includes(headEnd)) await this.#more()
    const head = this.#take(this.#received.indexOf(headEnd) + headEnd.length)
    this.#head = head.toLowerCase()
    const [method, path] = head.split(' ')
    this.requests.push(`${method} ${path}`)
  }

  /** The rest of the request whose head was taken. */
  async body(): Promise<void> {
    const head = this.#head ?? ''
    this.#head = null
    const length = Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0)
    if (!/\r\ntransfer-encoding: *chunked/.test(head)) this.bodies.push(await this.#exactly(length))
    else {
      while (!this.#received.includes('0\r\n\r\n')) await this.#more()
      this.bodies.push(this.#take(this.#received.indexOf('0\r\n\r\n') + 5))
    }
  }

  async #exactly(length: number): Promise<string> {
    while (this.#received.length < length) await this.#more()
    return this.#take(length)
  }

  #take(length: number): string {
    const taken = this.#received.slice(0, length)
    this.#received = this.#received.slice(length)
    return taken
  }

  async #more(): Promise<void> {
    if (this.#closed) throw new Error('the client is gone')
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}
