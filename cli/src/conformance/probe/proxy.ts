import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { loopback } from '../lookups.ts'
import type { ProbeProxyOptions, ProxyCount } from './types.ts'

/**
 * An HTTP proxy: CONNECT, and requests in absolute form, for which each client connection has one of its own to its origin. What comes from
 * an origin is passed on as it is, its end and its reset too.
 */
export class ProxyListener {
  readonly count: ProxyCount = { accepted: 0, upstream: 0, refused: 0 }
  readonly #options: ProbeProxyOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: ProbeProxyOptions) {
    this.#options = options
    this.#server = createServer((client) => this.#serve(client))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(client: Socket): void {
    this.count.accepted++
    this.#keep(client)
    let upstream: Socket | null = null
    const heads = new Heads((head) => {
      const [, method = '', target = ''] = /^(\S+) (\S+)/.exec(head) ?? []
      const status = method === 'CONNECT' ? this.#options.refuseConnect : this.#options.refuseRequests
      if (status !== undefined) {
        this.count.refused++
        client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
        return null
      }
      if (method === 'CONNECT') {
        const [host = '', port] = target.split(/:(?=\d+$)/)
        upstream = this.#open(client, Number(port), host, () => client.write('HTTP/1.1 200 Connected\r\n\r\n'))
        return ''
      }
      const { host, hostname, port } = new URL(target)
      upstream ??= this.#open(client, Number(port || 80), hostname)
      return head.replace(target, target.slice(target.indexOf(host) + host.length) || '/')
    })
    client.on('data', (chunk: Buffer) => {
      for (const part of heads.read(chunk)) upstream?.write(part)
    })
  }

  /** What the origin sends goes to the client, and what either ends is ended for the other. */
  #open(client: Socket, port: number, host: string, onConnected: () => void = () => {}): Socket {
    this.count.upstream++
    const upstream = connect({ port, host: host.replace(/^\[|\]$/g, ''), lookup: loopback }, onConnected)
    this.#keep(upstream)
    upstream.on('data', (chunk) => client.write(chunk))
    upstream.on('end', () => client.end())
    upstream.on('error', () => client.resetAndDestroy())
    client.on('end', () => upstream.end())
    client.on('close', () => upstream.destroy())
    return upstream
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
  }
}

/** Finds the heads of requests in what a client sends: their bodies have a Content-Length or none. After CONNECT all is the tunnel's. */
class Heads {
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
