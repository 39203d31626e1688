import type { Socket } from 'node:net'

const version = 5
const reached = Buffer.from([version, 0, 0, 1, 0, 0, 0, 0, 0, 0])

/** The server's side of SOCKS 5 (RFC 1928) without credentials, for CONNECT. What follows the handshake is the tunnel's. */
export class SocksHandshake {
  readonly #client: Socket
  readonly #open: (host: string, port: number, onConnected: () => void) => void
  #read = Buffer.alloc(0)
  #greeted = false
  #done = false

  constructor(client: Socket, open: (host: string, port: number, onConnected: () => void) => void) {
    this.#client = client
    this.#open = open
  }

  *read(chunk: Buffer): Generator<Buffer> {
    if (!this.#done) {
      this.#read = Buffer.concat([this.#read, chunk])
      if (!this.#greeted) this.#greet()
      if (this.#greeted) this.#connect()
      if (!this.#done || this.#read.length === 0) return
      yield this.#read
    } else yield chunk
  }

  #greet(): void {
    const [, methods = Number.POSITIVE_INFINITY] = this.#read
    if (this.#read.length < 2 + methods) return
    this.#read = this.#read.subarray(2 + methods)
    this.#greeted = true
    this.#client.write(Buffer.from([version, 0]))
  }

  #connect(): void {
    const [, , , kind, first = 0] = this.#read
    const from = kind === 3 ? 5 : 4
    const length = kind === 3 ? first : kind === 4 ? 16 : 4
    if (this.#read.length < from + length + 2) return
    const address = this.#read.subarray(from, from + length)
    const port = this.#read.readUInt16BE(from + length)
    this.#read = this.#read.subarray(from + length + 2)
    this.#done = true
    const host = kind === 3 ? address.toString('latin1') : kind === 4 ? ipv6(address) : [...address].join('.')
    this.#open(host, port, () => this.#client.write(reached))
  }
}

function ipv6(address: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => address.readUInt16BE(2 * at).toString(16)).join(':')
}
