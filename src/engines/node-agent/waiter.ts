import { AsyncResource } from 'node:async_hooks'
import { Waiter } from '../../pool/waiter.ts'
import type { NodeConnection, NodeLane } from './connection.ts'
import { fail, type Holder, hold, type RequestTimer, type RequestTimers, release } from './hold.ts'
import type { PooledRequest, RequestOptions } from './native.ts'

/** A ClientRequest that waits for a connection. */
export class RequestWaiter extends Waiter implements Holder {
  readonly request: PooledRequest
  readonly options: RequestOptions
  readonly scope: AsyncResource = new AsyncResource('PolypoolWaiter')
  timer: RequestTimer | null = null

  constructor(lane: NodeLane, request: PooledRequest, options: RequestOptions) {
    super(lane)
    this.request = request
    this.options = options
    hold(this)
  }

  get timers(): RequestTimers {
    return (this.lane as NodeLane).agent.timers
  }

  override grant(connection: NodeConnection): void {
    release(this)
    this.scope.runInAsyncScope(connection.agent.send, connection.agent, connection, this.request, this.options)
  }

  override reject(error: Error): void {
    release(this)
    fail(this, error)
  }

  abandon(error: Error | undefined): void {
    if (!this.lane.member.pool.abandon(this)) return
    release(this)
    fail(this, error)
  }
}
