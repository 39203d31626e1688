import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { loopback } from '../lookups.ts'
import { probeCertificate, probeKey } from './certificates.ts'
import { ProxyHeads } from './proxy-heads.ts'
import { SocksHandshake } from './socks-handshake.ts'
import type { ProbeProxyOptions, ProxyCount } from './types.ts'

/** Takes what a client sends, and gives what of it goes on to the origin. */
interface Reader {
  read(chunk: Buffer): Iterable<Buffer>
}

/**
 * A proxy of HTTP, with or without TLS (CONNECT, and requests in absolute form, for which each client connection has one of its own to its
 * origin), or of SOCKS 5. What comes from an origin is passed on as it is, its end and its reset too. Every name is this machine.
 */
export class ProxyListener {
  readonly count: ProxyCount = { accepted: 0, upstream: 0, refused: 0 }
  readonly #options: ProbeProxyOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: ProbeProxyOptions) {
    this.#options = options
    const serve = (client: Socket) => this.#serve(client)
    if (options.kind === 'https') {
      this.#server = createTlsServer({ key: probeKey, cert: probeCertificate }, serve)
      this.#server.on('connection', (socket) => this.#keep(socket)).on('tlsClientError', () => {})
    } else this.#server = createServer(serve)
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
    const open = (host: string, port: number, onConnected?: () => void) => {
      upstream ??= this.#open(client, port, host, onConnected)
    }
    const reader = this.#options.kind === 'socks5' ? new SocksHandshake(client, open) : this.#heads(client, open)
    client.on('data', (chunk: Buffer) => {
      for (const part of reader.read(chunk)) upstream?.write(part)
    })
  }

  #heads(client: Socket, open: (host: string, port: number, onConnected?: () => void) => void): Reader {
    return new ProxyHeads((head) => {
      const [, method = '', target = ''] = /^(\S+) (\S+)/.exec(head) ?? []
      const status = method === 'CONNECT' ? this.#options.refuseConnect : this.#options.refuseRequests
      if (status !== undefined) {
        this.count.refused++
        client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
        return null
      }
      if (method === 'CONNECT') {
        const [host = '', port] = target.split(/:(?=\d+$)/)
        open(host, Number(port), () => client.write('HTTP/1.1 200 Connected\r\n\r\n'))
        return ''
      }
      const { host, hostname, port } = new URL(target)
      open(hostname, Number(port || 80))
      return head.replace(target, target.slice(target.indexOf(host) + host.length) || '/')
    })
  }

  /** What the origin sends goes to the client, and what either ends is ended for the other. */
  #open(client: Socket, port: number, host: string, onConnected: () => void = () => {}): Socket {
    this.count.upstream++
    const upstream = connect({ port, host: host.replace(/^\[|\]$/g, ''), lookup: loopback }, onConnected)
    this.#keep(upstream)
    upstream.on('data', (chunk) => client.write(chunk))
    upstream.on('end', () => client.end())
    // Node resets no connection under TLS; one that is being ended it takes for closed and leaves open, and then its process never ends.
    const cannotReset = () => client instanceof TLSSocket || client.writableEnded
    upstream.on('error', () => (cannotReset() ? client.destroy() : client.resetAndDestroy()))
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
