import type { Socket } from 'node:net'
import { noteSocket } from '../dial-watch.ts'
import { steadyLookup } from '../lookup.ts'
import { withVerdicts } from '../proxy/server-check.ts'
import { type AgentContext, type OnFree, PooledDriver } from './driver.ts'
import { nameable, unnamedIdentity } from './identity.ts'
import { refuseLimits } from './limits.ts'
import type { ConnectArguments, NativeAgent, NativeAgentClass, PooledRequest, RequestOptions } from './native.ts'
import { dialThrough } from './proxied.ts'

const driver = Symbol('polypool.driver')

export type PooledAgentClass = new (context: AgentContext, options: RequestOptions) => NativeAgent

/**
 * A pooled subclass of an agent class of node's or agentkeepalive's.
 *
 * Every request passes `addRequest`; the native queue stays empty and the native limits are off. Idle sockets are parked by the native
 * 'free' listener, because node guards the sockets in its own freeSockets against data that nobody asked for.
 *
 * `this` may be a Proxy of the agent or an object that was derived from it: no method may rely on more than the agent's properties.
 */
export function pooled(Base: NativeAgentClass): PooledAgentClass {
  class PooledAgent extends Base {
    declare readonly [driver]: PooledDriver

    constructor(context: AgentContext, options: RequestOptions) {
      super(options)
      // agentkeepalive adds a second listener; its idle timer would also hit a socket that has been handed to the next request.
      const parkNatively = (this.listeners('free')[0] as OnFree).bind(this)
      const own = new PooledDriver(this, context, parkNatively)
      this.removeAllListeners('free')
      this.on('free', (socket: Socket, connectOptions: RequestOptions) => own.onFree(socket, connectOptions))
      Object.defineProperty(this, driver, { value: own })
      // Keys and passwords are among them: whoever logs an agent, or an error of axios that holds one, should not log these.
      Object.defineProperty(this, 'options', { enumerable: false })
    }

    override addRequest(request: PooledRequest, options: RequestOptions | string, port?: number, localAddress?: string): void {
      this[driver].add(this, request, typeof options === 'string' ? legacyOptions(options, port, localAddress) : options)
    }

    /** Node's ends the sockets that it knows, also those that still connect; of what goes through a proxy it learns only when that is through. */
    override destroy(): void {
      super.destroy()
      this[driver].endDials()
    }

    /** Node calls it when it parks; the pool has decided already that the socket is kept, for how long, and watches it. */
    override keepSocketAlive(socket: Socket): boolean {
      socket.unref()
      if (socket.timeout) socket.setTimeout(0)
      return true
    }

    /** Node keeps sockets and TLS sessions under this name, so it must differ wherever identities do. */
    override getName(options: RequestOptions): string {
      return options?._agentKey ?? super.getName(options && nameable(options)) + unnamedIdentity(options ?? {})
    }

    // An override of our own also keeps http2-wrapper from putting its probe sockets into the agent.
    override createConnection(...args: ConnectArguments): Socket | null | undefined {
      const [given, ...rest] = args
      if (typeof given !== 'object' || given === null) return super.createConnection(...args)
      const { core, tcpKeepAlive, givenLookup, lookup, adopt } = this[driver].context
      const options: RequestOptions = {
        ...given,
        ...withVerdicts(given),
        keepAlive: tcpKeepAlive !== false,
        keepAliveInitialDelay: tcpKeepAlive === false ? 0 : tcpKeepAlive,
      }
      if (lookup !== undefined && options.lookup === givenLookup) options.lookup = lookup
      else if (typeof options.lookup === 'function') options.lookup = steadyLookup(options.lookup, core.clock)
      const plan = this[driver].planOf(options)
      if (plan !== null) {
        const natively = (own: RequestOptions) => super.createConnection(own, () => {})
        return dialThrough(plan, options, rest.at(-1), natively, (socket) => adopt?.(this, socket, options))
      }
      const socket = super.createConnection(options, ...rest)
      // Node does not tell of TLS sockets, and a createConnection of the caller's own may have called this one.
      if (socket) noteSocket(socket)
      return socket
    }
  }
  // For `agent: false` node makes a `new agent.constructor()`, and so do those who copy an agent: what they want is one of the native class.
  Object.defineProperty(PooledAgent.prototype, 'constructor', { value: Base, writable: true, configurable: true })
  refuseLimits(PooledAgent.prototype, (agent) => (agent as Partial<PooledAgent>)[driver]?.context)
  return PooledAgent
}

function legacyOptions(host: string, port?: number, localAddress?: string): RequestOptions {
  return { host, ...(port !== undefined && { port }), ...(localAddress !== undefined && { localAddress }) }
}
