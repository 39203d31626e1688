import type { Socket } from 'node:net'
import { PoolUnsupportedError } from '../../errors.ts'
import { noteSocket } from '../dial-watch.ts'
import type { Passage } from '../proxy/messages.ts'
import { ProxyDial } from '../proxy/proxy-dial.ts'
import type { Dialling } from './connection.ts'
import { forwardSocket } from './forwarding.ts'
import type { OnCreate, RequestOptions } from './native.ts'

/** How a connection is made through a proxy. */
export interface ProxyPlan extends Passage {
  /** Whether TLS with the origin is laid over it. */
  readonly secure: boolean
  /** Whether it is one with the origin, and not with the proxy. */
  readonly tunnel: boolean
  /** What it is for, if that is known. */
  readonly dialling: Dialling | null
}

/**
 * Stands in for `createConnection` where a proxy is on the way: calls back with a socket of the kind that node's own would be.
 * @param natively node's own, or its subclass's, for the options that it gets
 * @param adopt does to a socket that was not made by it what a subclass does to its own
 */
export function dialThrough(
  plan: ProxyPlan,
  options: RequestOptions,
  given: unknown,
  natively: (options: RequestOptions) => Socket | null | undefined,
  adopt: (socket: Socket) => void = () => {},
): undefined {
  const callback = onceGiven(given, plan)
  const { gateway, secure, tunnel } = plan
  const dial = new ProxyDial(
    {
      ...plan,
      host: options.host || 'localhost',
      port: Number(options.port || (secure ? 443 : 80)),
      socket: options,
      // So that what a subclass does to its sockets is done. That of https makes TLS of them.
      connect: secure ? undefined : (to) => natively({ ...options, ...to } as RequestOptions) as Socket,
    },
    (error, socket) => {
      if (error !== null || socket === undefined) return callback(error)
      if (secure) return layTls(socket, options, callback, natively)
      if (!tunnel) forwardSocket(socket, gateway)
      // TLS with the proxy is not made by what a subclass has for requests without it.
      if (gateway.tls !== null) adopt(socket)
      callback(null, socket)
    },
  )
  plan.dialling?.goesThrough(dial)
  noteSocket(dial.socket)
  return undefined
}

/** The handshake is the caller's to wait for, as of a socket that node makes. */
function layTls(
  tunnel: Socket,
  options: RequestOptions,
  callback: OnCreate,
  natively: (options: RequestOptions) => Socket | null | undefined,
): void {
  try {
    const socket = natively({ ...options, socket: tunnel }) as Socket
    noteSocket(socket)
    callback(null, socket)
  } catch (error) {
    tunnel.once('close', () => callback(error as Error))
    tunnel.destroy()
  }
}

function onceGiven(given: unknown, { gateway, origin, pool }: ProxyPlan): OnCreate {
  if (typeof given === 'function') return given as OnCreate
  throw new PoolUnsupportedError(
    `createConnection was called without a callback, and a connection through the proxy ${gateway.server.origin} is not there at once: pass one`,
    { pool, origin },
  )
}
