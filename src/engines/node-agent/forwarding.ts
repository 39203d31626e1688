import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { forwardedHead } from '../proxy/forwarded-head.ts'
import type { Gateway } from '../proxy/gateway.ts'
import { type Passage, refusedRequest } from '../proxy/messages.ts'
import { type PooledRequest, rawHeader } from './native.ts'

// A request to a proxy that takes it in absolute form. What its caller can see of it stays as it would be without a proxy: only what is written
// has the proxy's form, and the proxy's credentials.

/** Sockets that end at a proxy: what is written on them is for that. */
const forwarders = new WeakMap<Socket, Gateway>()

export function forwardSocket(socket: Socket, gateway: Gateway): void {
  forwarders.set(socket, gateway)
}

export function forwarderOf(socket: Socket): Gateway | null {
  return forwarders.get(socket) ?? null
}

/** What becomes something else than HTTP is none that a proxy could take in absolute form. */
export function wantsTunnel(request: PooledRequest): boolean {
  if (request.method === 'CONNECT' || request.getHeader('upgrade') !== undefined) return true
  // Headers that were given as an array are written already.
  return typeof request._header === 'string' && /\r\nupgrade:/i.test(request._header)
}

const forwarding = Symbol('polypool.forwarding')

interface Forwarding {
  readonly passage: Passage
  readonly send: (...args: unknown[]) => boolean
  readonly emit: (event: string | symbol, ...args: unknown[]) => boolean
}

type ForwardedRequest = PooledRequest & {
  [forwarding]?: Forwarding
  _headerSent: boolean
  _send(...args: unknown[]): boolean
}

/** Has a request that is about to get a socket to a proxy write itself for the proxy. */
export function forwardRequest(given: PooledRequest, passage: Passage): void {
  const request = given as ForwardedRequest
  if (request[forwarding] !== undefined) return
  // Others may have put their own in their place, and still want to be called.
  request[forwarding] = { passage, send: request._send, emit: request.emit }
  request.emit = emit
  if (!request._headerSent) request._send = send
  else {
    const [first] = request.outputData
    const head = request._header
    if (typeof first?.data !== 'string' || head === null || !first.data.startsWith(head)) return
    first.data = forwardedHead(head, passage.origin, passage.gateway) + first.data.slice(head.length)
  }
}

/** The native one writes the head before what it is given, the first time. */
function send(this: ForwardedRequest, ...args: unknown[]): boolean {
  const { passage, send: native } = this[forwarding] as Forwarding
  const head = this._header
  if (this._headerSent || head === null) return native.apply(this, args)
  this._header = forwardedHead(head, passage.origin, passage.gateway)
  try {
    return native.apply(this, args)
  } finally {
    this._header = head
  }
}

/** 407 is the proxy's own answer, whoever asked (RFC 9110 §15.5.8): as the origin's it would be a lie. */
function emit(this: ForwardedRequest, event: string | symbol, ...args: unknown[]): boolean {
  const { passage, emit: native } = this[forwarding] as Forwarding
  const [response] = args as [IncomingMessage | undefined]
  if (event !== 'response' || response?.statusCode !== 407) return native.call(this, event, ...args)
  this.destroy(refusedRequest(rawHeader(response, 'proxy-authenticate'), passage))
  return true
}
