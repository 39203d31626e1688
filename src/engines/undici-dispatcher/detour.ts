import type { Socket } from 'node:net'
import { PoolConnectTimeoutError } from '../../errors.ts'
import { forwardedHead, isKept } from '../proxy/forwarded-head.ts'
import { type Passage, refusedRequest, tellHop } from '../proxy/messages.ts'
import { ProxyDial } from '../proxy/proxy-dial.ts'
import type { ConnectCallback, ConnectOptions, Connector } from './peer.ts'

/** What a connection by way of a proxy is for. */
export interface Errand extends Passage {
  /** The origin as it is asked for: with the spelling of its host. */
  readonly url: string
  /** Whether it is a connection with the origin, and not with the proxy. */
  readonly tunnel: boolean
  /** Options of TCP for the connection to the proxy. */
  readonly tcp: object
}

/** One connection by way of a proxy: how it is made and, where the proxy takes requests in absolute form, how they are written on it. */
export class Detour {
  readonly #errand: Errand
  #dial: ProxyDial | null = null
  /** The next text that is written is the head of a request. */
  #atHead = false
  #kept = true

  constructor(errand: Errand) {
    this.#errand = errand
  }

  /** Whether its requests are the proxy's to read. */
  get forwards(): boolean {
    return !this.#errand.tunnel
  }

  /** Whether another request may follow, as far as the proxy says it. */
  get kept(): boolean {
    return this.#kept
  }

  /** undici is about to write a request. */
  begin(): void {
    this.#atHead = true
  }

  /**
   * An answer to a request in absolute form has begun.
   * @returns an error for 407: it is the proxy's own answer, whoever asked (RFC 9110 §15.5.8), and as the origin's it would be a lie
   */
  heed(status: number, field: (name: string) => string | undefined): Error | null {
    if (status === 407) return refusedRequest(field('proxy-authenticate'), this.#errand)
    if (status >= 200) this.#kept = isKept(field)
    return null
  }

  /** Of a connect that took too long it is told where it was. */
  toldOf(error: Error | undefined): Error | undefined {
    const dial = this.#dial
    return dial !== null && error instanceof PoolConnectTimeoutError ? tellHop(error, dial.hop, dial.passage) : error
  }

  /**
   * Connects to the origin, or to the proxy for it.
   * @param overTunnel lays TLS over the tunnel, where the origin wants it
   */
  connector(overTunnel: Connector | null): Connector {
    return (options, callback) =>
      this.#connect(options, (error, socket) => {
        if (error !== null || socket === null || overTunnel === null) return callback(error, socket)
        try {
          overTunnel({ ...options, httpSocket: socket }, callback)
        } catch (thrown) {
          callback(thrown as Error, null)
        }
      })
  }

  /** Its socket is there at once: who ends it ends the dial. */
  #connect({ hostname, port, protocol, localAddress }: ConnectOptions, callback: ConnectCallback): Socket {
    const { tcp } = this.#errand
    this.#dial = new ProxyDial(
      {
        ...this.#errand,
        host: hostname,
        port: Number(port || (protocol === 'https:' ? 443 : 80)),
        socket: localAddress ? { ...tcp, localAddress } : tcp,
      },
      (error, socket) => {
        if (error !== null || socket === undefined) return callback(error, null)
        if (this.forwards) this.#rewrite(socket)
        callback(null, socket)
      },
    )
    return this.#dial.socket
  }

  /** Heads are written for the proxy. What can be seen of a request stays as it would be without one. */
  #rewrite(socket: Socket): void {
    const { write } = socket
    const { url, gateway } = this.#errand
    const forward = (...[chunk, ...others]: Parameters<Socket['write']>): boolean => {
      if (!this.#atHead || typeof chunk !== 'string') return write.call(socket, chunk, ...others)
      this.#atHead = false
      return write.call(socket, forwardedHead(chunk, url, gateway), ...others)
    }
    Object.defineProperty(socket, 'write', { value: forward, writable: true, configurable: true })
  }
}
