import type { Socket } from 'node:net'
import type { DialWatch } from '../dial-watch.ts'
import type { NativeAgent, OnCreate, RequestOptions } from './native.ts'

/** What one call of `createConnection` is for. */
export interface CreateConnectionCall {
  /** Knows the sockets of a createConnection of the caller's own. */
  readonly watch: DialWatch | null
  /** Whether it has given its socket or its error. */
  readonly over: boolean
  /** Whether this is the socket that it has given. */
  gave(socket: Socket): boolean
}

/**
 * The agent for one call of `createSocket` that dials by the caller's own `createConnection`: whatever that does is made one answer of.
 * It may call back twice, with nothing, or with what is no socket, which node would use as it is.
 */
export function withOwnDial(agent: NativeAgent, dial: CreateConnectionCall): NativeAgent {
  return withConnect(agent, (options, callback) => callOwn(agent, dial, options, callback))
}

/** The agent with another `createConnection`. */
export function withConnect(
  agent: NativeAgent,
  createConnection: (options: RequestOptions, callback: OnCreate) => Socket | null | undefined,
): NativeAgent {
  return new Proxy(agent, {
    get: (target, property) => (property === 'createConnection' ? createConnection : Reflect.get(target, property)),
  })
}

function callOwn(
  agent: NativeAgent,
  dial: CreateConnectionCall,
  options: RequestOptions,
  callback: OnCreate,
): Socket | undefined {
  const settle = (error: unknown, socket?: unknown) => {
    if (!dial.over && !error && isStream(socket)) return callback(null, socket)
    // Nobody will ever use it: the request has had its answer.
    if (isStream(socket) && !dial.gave(socket)) socket.destroy()
    if (!dial.over) callback(error ? asError(error) : new Error('createConnection gave no open socket'))
  }
  const call = () => agent.createConnection(options, settle) as unknown
  const given = dial.watch === null ? call() : dial.watch.run(call)
  if (isStream(given) && !dial.over) return given
  if (isPromise(given)) given.then((socket) => socket == null || settle(null, socket), settle)
  else if (given) settle(null, given)
  return undefined
}

function isStream(value: unknown): value is Socket {
  const { on, write, destroy } = (value ?? {}) as Partial<Socket>
  return typeof on === 'function' && typeof write === 'function' && typeof destroy === 'function'
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(`createConnection failed: ${String(value)}`)
}
