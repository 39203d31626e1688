import { Waiter } from '../../pool/port.ts'
import { AsyncResource } from '../async-hooks.ts'
import type { NodeConnection, NodeLane } from './connection.ts'
import { wantsTunnel } from './forwarding.ts'
import { failRequest, type Holder, hold, type RequestTimer, type RequestTimers, release } from './hold.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from './native.ts'

/** A ClientRequest that waits for a connection. */
export class RequestWaiter extends Waiter implements Holder {
  /** The one that the request came by. */
  readonly agent: NativeAgent
  readonly request: PooledRequest
  readonly options: RequestOptions
  readonly scope: AsyncResource = new AsyncResource('PolypoolWaiter')
  timer: RequestTimer | null = null

  constructor(lane: NodeLane, agent: NativeAgent, request: PooledRequest, options: RequestOptions) {
    super(lane)
    this.agent = agent
    this.request = request
    this.options = options
    hold(this)
  }

  get timers(): RequestTimers {
    return (this.lane as NodeLane).driver.timers
  }

  override grant(connection: NodeConnection): void {
    if (connection.forwards && wantsTunnel(this.request)) return this.#waitForTunnel(connection)
    release(this)
    const { driver } = connection
    this.scope.runInAsyncScope(driver.send, driver, connection, this.agent, this.request, this.options)
  }

  /** A proxy that has come while it waited would take it in absolute form, which can become nothing else than HTTP. */
  #waitForTunnel(connection: NodeConnection): void {
    const { driver, socket, dial } = connection
    const { core } = driver
    if (socket === null && dial === null) core.neverDialled(connection)
    core.neverSent(connection)
    this.lane = driver.laneFor(this.request, this.options)
    core.clock.soon(() => core.release(connection, connection.usable()))
    core.requeue(this)
  }

  override reject(error: Error): void {
    release(this)
    failRequest(this, error)
  }

  abandon(error: Error | undefined): void {
    if (!(this.lane as NodeLane).driver.core.abandon(this)) return
    release(this)
    failRequest(this, error)
  }
}
