import type { EventEmitter } from 'node:events'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import { configKey } from '../config-key.ts'
import { Driver } from './driver.ts'
import { dispatchBy, refuse } from './handlers.ts'
import { createMocks } from './mocks.ts'
import type { DispatchOptions, Handler, LegacyHandler, Peer } from './peer.ts'
import { type DispatcherStats, dispatcherStats } from './stats.ts'

type Callback = (error: Error | null, data: null) => void

/** The dispatcher that callers hold: `request`, `stream`, `compose` and the rest come from the peer's own class. */
export interface PoolDispatcher extends EventEmitter, AsyncDisposable {
  readonly closed: boolean
  readonly destroyed: boolean
  /** By origin, as of an Agent: this dispatcher's own connections and requests. */
  readonly stats: { readonly [origin: string]: DispatcherStats }
  dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean
  close(): Promise<void>
  close(callback: Callback): void
  destroy(error?: Error | null): Promise<void>
  destroy(callback: Callback): void
  destroy(error: Error | null, callback: Callback): void
}

type PoolDispatcherClass = new (driver: Driver) => PoolDispatcher

const classes = new WeakMap<object, PoolDispatcherClass>()

// A property and no private field: callers wrap a dispatcher in a Proxy, as `compose` does, or derive from it, and private fields are not seen there.
const driverKey: unique symbol = Symbol('driver')

/** A dispatcher that is an instance of the peer's own class. */
export function createDispatcher(driver: Driver): PoolDispatcher {
  const { Dispatcher } = driver.peer
  const PoolDispatcher = classes.get(Dispatcher) ?? pooled(driver.peer)
  classes.set(Dispatcher, PoolDispatcher)
  return new PoolDispatcher(driver)
}

function pooled(peer: Peer): PoolDispatcherClass {
  const { Dispatcher, errors } = peer

  class PoolDispatcher extends Dispatcher implements PoolDispatcher {
    declare readonly [driverKey]: Driver

    constructor(driver: Driver) {
      if (!(driver instanceof Driver)) throw new PoolUnsupportedError('a dispatcher of a pool is made by createPool alone')
      super()
      // Not enumerable, so that no log of a dispatcher shows the TLS keys that it connects with.
      Object.defineProperty(this, driverKey, { value: driver })
      driver.dispatcher = this
    }

    get closed(): boolean {
      return this[driverKey].member.state !== 'open'
    }

    get destroyed(): boolean {
      return this[driverKey].member.state === 'destroyed'
    }

    get stats(): { readonly [origin: string]: DispatcherStats } {
      return dispatcherStats(this[driverKey].member)
    }

    get [configKey](): ResolvedPoolConfig {
      return this[driverKey].core.config
    }

    /** What WebSocket and EventSource of undici ask of their dispatcher. */
    get webSocketOptions(): object | undefined {
      return this[driverKey].model.webSocketOptions
    }

    get eventSourceOptions(): object | undefined {
      return this[driverKey].model.eventSourceOptions
    }

    dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean {
      if (typeof handler !== 'object' || handler === null) throw new errors.InvalidArgumentError('handler must be an object')
      const driver = this[driverKey]
      const mock = driver.mocks?.of(options?.origin)
      if (mock !== undefined) return dispatchBy(peer, options, handler, (given, prepared) => mock.dispatch(given, prepared))
      try {
        if (typeof options !== 'object' || options === null) throw new errors.InvalidArgumentError('opts must be an object.')
        return driver.dispatch(options, handler)
      } catch (error) {
        refuse(peer, handler, error)
        return false
      }
    }

    close(callback?: Callback): Promise<void> | undefined {
      return settle(this[driverKey].member.close(), callback)
    }

    destroy(error?: Error | Callback | null, callback?: Callback): Promise<void> | undefined {
      if (typeof error === 'function') return this.destroy(null, error)
      const driver = this[driverKey]
      if (driver.member.state !== 'destroyed') driver.reason = error ?? null
      return settle(driver.member.destroy(), callback)
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this[driverKey].member.close()
    }
  }

  // Where a MockAgent of undici looks for the dispatchers of its agent, and puts its own.
  const { clients } = peer.symbols
  if (clients !== undefined) {
    Object.defineProperty(PoolDispatcher.prototype, clients, {
      get(this: PoolDispatcher) {
        const driver = this[driverKey]
        driver.mocks ??= createMocks(driver)
        return driver.mocks
      },
    })
  }

  return PoolDispatcher as PoolDispatcherClass

  function settle(done: Promise<void>, callback: Callback | undefined): Promise<void> | undefined {
    if (callback === undefined) return done
    if (typeof callback !== 'function') throw new errors.InvalidArgumentError('invalid callback')
    done.then(() => callback(null, null))
    return undefined
  }
}
