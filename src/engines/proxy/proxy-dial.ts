import type { LookupFunction, NetConnectOpts, Socket } from 'node:net'
import { hostPort } from '../../config/proxies/proxy-server.ts'
import { AnswerReader } from './answer-reader.ts'
import { closedEarly, type Hop, headTooLong, hopFailed, noHttp, type Passage, refused } from './messages.ts'
import { openSocksTunnel } from './socks.ts'

/** Options of TCP, which are the connection's to the proxy; those of TLS are for the origin behind it. */
const tcpOptions = [
  'allowHalfOpen',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'blockList',
  'family',
  'highWaterMark',
  'hints',
  'keepAlive',
  'keepAliveInitialDelay',
  'localAddress',
  'localPort',
  'lookup',
  'noDelay',
  'signal',
  'typeOfService',
] as const

export interface DialOptions extends Passage {
  /** The origin's: a name, or an address without brackets. */
  readonly host: string
  readonly port: number
  /** Whether the connection is to be one with the origin (CONNECT, SOCKS), or with the proxy, for requests in absolute form. */
  readonly tunnel: boolean
  /** Options of `net.connect` for the connection to the proxy; what is not TCP's is not used. */
  readonly socket: object
  /** Opens that connection, where it is a plain one; default: `net.connect`. */
  readonly connect?: ((options: NetConnectOpts) => Socket) | undefined
}

/** @param socket is connected with the origin, or with the proxy; bytes that came behind the proxy's answer lie in it, unread */
export type OnDialled = (error: Error | null, socket?: Socket) => void

/**
 * A connection by way of a proxy that is being made: TCP, TLS with an `https://` proxy, CONNECT or SOCKS.
 *
 * It calls back once, never before the constructor has returned. Its socket is there from the start, and is the only one: who ends it ends the
 * dial. An error is told only when that socket has closed, so that whoever takes its place does not connect beside it.
 */
export class ProxyDial {
  /** To the proxy. What is laid over it later, TLS with the origin, closes with it. */
  readonly socket: Socket
  readonly passage: Passage
  readonly #options: DialOptions
  readonly #done: OnDialled
  readonly #answer = new AnswerReader()
  #hop: Hop = 'connect'
  #over = false
  /** What is to be told when the socket has closed. */
  #failure: Error | null = null
  // `closed` of a socket is true as soon as it is destroyed, when it has not closed yet.
  #closed = false

  /** Throws what `net.connect` and `tls.connect` throw for their options. */
  constructor(options: DialOptions, done: OnDialled) {
    this.passage = options
    this.#options = options
    this.#done = done
    this.socket = this.#connect()
    this.socket.on('error', this.#onError).on('close', this.#onClose)
    this.socket.once('connect', this.#onConnect)
    if (options.gateway.tls !== null) this.socket.once('secureConnect', this.#onReady)
  }

  /** The step that it is at, or was when it ended. */
  get hop(): Hop {
    return this.#hop
  }

  /** Whether its socket has not closed yet. */
  get open(): boolean {
    return !this.#closed
  }

  /** Gives up, if it is not over: calls back with the error when the socket has closed. */
  destroy(error: Error = new Error('the connection is not wanted any more')): void {
    this.#fail(error)
  }

  #connect(): Socket {
    const { gateway, socket, connect } = this.#options
    const { host, port } = gateway.server
    const given = socket as { readonly [option: string]: unknown }
    const tcp = Object.fromEntries(tcpOptions.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]))
    const to = { ...tcp, host, port }
    if (gateway.tls === null) return connect?.(to) ?? process.getBuiltinModule('node:net').connect(to)
    const { isIP } = process.getBuiltinModule('node:net')
    const secure = process.getBuiltinModule('node:tls').connect({
      // Names of addresses are not sent (RFC 6066 §3).
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
      ...gateway.tlsOptions,
      ...to,
    })
    return secure.on('session', gateway.keepSession)
  }

  #onConnect = (): void => {
    const { tls } = this.#options.gateway
    if (tls !== null) this.#hop = 'proxy-tls'
    else this.#onReady()
  }

  /** The proxy listens now. */
  #onReady = (): void => {
    const { gateway, tunnel } = this.#options
    if (gateway.server.isSocks) this.#openSocks()
    else if (tunnel) this.#askForTunnel()
    else this.#succeed()
  }

  #askForTunnel(): void {
    const { gateway, host, port } = this.#options
    const to = hostPort(host, port)
    this.#hop = 'answer'
    // Not by 'data': what nobody listens to any more would be lost, and a socket that was paused is not started by node's HTTP.
    this.socket.on('readable', this.#onReadable).on('end', this.#onEnd)
    this.socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${gateway.linesFor()}\r\n`, 'latin1')
  }

  #onReadable = (): void => {
    const chunk = this.socket.read() as Buffer | null
    if (chunk === null || this.#over) return
    const state = this.#answer.read(chunk)
    switch (state.kind) {
      case 'more':
        return
      case 'too long':
        return this.#fail(headTooLong(this.passage))
      case 'no HTTP':
        return this.#fail(noHttp(this.passage))
      case 'head': {
        const { status } = state.head
        if (status < 200 || status > 299) return this.#fail(refused(state.head, this.passage))
        this.#succeed(state.rest)
      }
    }
  }

  #openSocks(): void {
    const { gateway, host, port, socket } = this.#options
    const { lookup } = socket as { readonly lookup?: LookupFunction }
    this.#hop = 'socks'
    openSocksTunnel(this.socket, gateway.server, host, port, lookup).then(
      () => this.#succeed(),
      (error: Error) => this.#fail(hopFailed('socks', error, this.passage)),
    )
  }

  #onError = (error: Error): void => this.#fail(hopFailed(this.#hop, error, this.passage))

  #onEnd = (): void => this.#fail(closedEarly(this.#hop, this.passage))

  #onClose = (): void => {
    this.#closed = true
    if (this.#failure !== null) this.#done(this.#failure)
    else this.#onEnd()
  }

  #succeed(rest?: Buffer): void {
    if (this.#over) return
    this.#end()
    const { socket } = this
    socket.off('close', this.#onClose)
    if (this.#options.tunnel) this.#hop = 'origin-tls'
    if (rest !== undefined && rest.length > 0) socket.unshift(rest)
    this.#done(null, socket)
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#end()
    if (this.#hop === 'proxy-tls') this.#options.gateway.dropSession()
    if (this.#closed) return this.#done(error)
    this.#failure = error
    this.socket.on('error', ignore)
    this.socket.destroy()
  }

  #end(): void {
    this.#over = true
    this.socket
      .off('error', this.#onError)
      .off('end', this.#onEnd)
      .off('readable', this.#onReadable)
      .off('connect', this.#onConnect)
      .off('secureConnect', this.#onReady)
  }
}

function ignore(): void {}
