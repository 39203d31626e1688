import type { EventEmitter } from 'node:events'
import type { ResolvedPoolConfig } from '../../config/types.ts'
import { type Driver, isModern } from './driver.ts'
import { configKey } from './live.ts'
import type { DispatchOptions, Handler, LegacyHandler, Peer } from './peer.ts'

type Callback = (error: Error | null, data: null) => void

/** The dispatcher that callers hold: `request`, `stream`, `compose` and the rest come from the peer's own class. */
export interface PoolDispatcher extends EventEmitter, AsyncDisposable {
  readonly closed: boolean
  readonly destroyed: boolean
  dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean
  close(): Promise<void>
  close(callback: Callback): void
  destroy(error?: Error | null): Promise<void>
  destroy(callback: Callback): void
  destroy(error: Error | null, callback: Callback): void
}

type PoolDispatcherClass = new (driver: Driver) => PoolDispatcher

const classes = new WeakMap<object, PoolDispatcherClass>()

/** A dispatcher that is an instance of the peer's own class. */
export function createDispatcher(driver: Driver): PoolDispatcher {
  const { Dispatcher } = driver.peer
  const PoolDispatcher = classes.get(Dispatcher) ?? pooled(driver.peer)
  classes.set(Dispatcher, PoolDispatcher)
  return new PoolDispatcher(driver)
}

function pooled({ Dispatcher, errors }: Peer): PoolDispatcherClass {
  return class PoolDispatcher extends Dispatcher implements PoolDispatcher {
    readonly #driver: Driver

    constructor(driver: Driver) {
      super()
      this.#driver = driver
      driver.dispatcher = this
    }

    get closed(): boolean {
      return this.#driver.member.state !== 'open'
    }

    get destroyed(): boolean {
      return this.#driver.member.state === 'destroyed'
    }

    get [configKey](): ResolvedPoolConfig {
      return this.#driver.member.pool.config
    }

    /** What WebSocket and EventSource of undici ask of their dispatcher. */
    get webSocketOptions(): object | undefined {
      return this.#driver.model.webSocketOptions
    }

    get eventSourceOptions(): object | undefined {
      return this.#driver.model.eventSourceOptions
    }

    dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean {
      assertHandler(handler)
      try {
        if (typeof options !== 'object' || options === null) throw new errors.InvalidArgumentError('opts must be an object.')
        return this.#driver.dispatch(options, handler)
      } catch (error) {
        // undici's rule: the handler is told what is wrong with a request, and only what is wrong with the handler is thrown.
        if (isModern(handler)) handler.onResponseError?.(null, error as Error)
        else handler.onError(error as Error)
        return false
      }
    }

    close(callback?: Callback): Promise<void> | undefined {
      return settle(this.#driver.member.close(), callback)
    }

    destroy(error?: Error | Callback | null, callback?: Callback): Promise<void> | undefined {
      if (typeof error === 'function') return this.destroy(null, error)
      if (!this.destroyed) this.#driver.reason = error ?? null
      return settle(this.#driver.member.destroy(), callback)
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.#driver.member.close()
    }
  } as PoolDispatcherClass

  function assertHandler(handler: Handler | LegacyHandler): void {
    if (typeof handler !== 'object' || handler === null) throw new errors.InvalidArgumentError('handler must be an object')
    if (isModern(handler)) return
    if (typeof handler.onConnect !== 'function') throw new errors.InvalidArgumentError('invalid onRequestStart method')
    if (typeof handler.onError !== 'function') throw new errors.InvalidArgumentError('invalid onError method')
  }

  function settle(done: Promise<void>, callback: Callback | undefined): Promise<void> | undefined {
    if (callback === undefined) return done
    if (typeof callback !== 'function') throw new errors.InvalidArgumentError('invalid callback')
    done.then(() => callback(null, null))
    return undefined
  }
}
