import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyPool } from '../../cli/src/conformance/client.ts'
import { describe } from '../../cli/src/conformance/expect.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { hangs, stopwatch } from '../time.ts'

/** Tells a hang: many times what the slowest script takes on a busy machine. */
const hang = Number(process.env.FUZZ_HANG ?? hangs)

const total = ({ maxConnections, maxOverflow }: PoolConfig) => Number(maxConnections) + Number(maxOverflow)

/** Sees to what holds whatever is played: caps at the sockets, no hang, no error outside of any request, nothing left at the end. */
export class Referee {
  readonly sockets: SocketCounter
  readonly #stray: unknown[] = []
  readonly #onStray = (error: unknown) => void this.#stray.push(error)
  #pool: AnyPool | undefined
  #limits: PoolConfig
  /** Sockets that may be open at one time since the limits were changed. */
  #allowed: number

  constructor(limits: PoolConfig, ports: Iterable<number>) {
    this.sockets = new SocketCounter(new Set(ports))
    this.#limits = limits
    this.#allowed = total(limits)
  }

  /** @param pools one of them, or several under one budget */
  async watch(pools: readonly AnyPool[], play: () => Promise<void>): Promise<void> {
    this.#pool = pools[0]
    process.on('uncaughtException', this.#onStray)
    process.on('unhandledRejection', this.#onStray)
    try {
      await play()
      if (this.#stray.length > 0) throw new Error(`thrown outside of any request: ${describe(this.#stray[0])}`)
    } finally {
      process.off('uncaughtException', this.#onStray)
      process.off('unhandledRejection', this.#onStray)
      await Promise.all(pools.map((pool) => pool.destroy()))
      this.sockets.stop()
    }
  }

  reconfigure(limits: PoolConfig): void {
    this.checkCaps()
    this.#pool?.reconfigure(limits)
    this.#limits = { ...this.#limits, ...limits }
    this.sockets.resetPeak()
    this.#allow()
  }

  checkCaps(): void {
    const { peak } = this.sockets
    if (peak > this.#allowed)
      throw new Error(`${peak} sockets were open, ${this.#allowed} are allowed: ${this.sockets.timeline()}`)
    this.sockets.resetPeak()
    this.#allow()
  }

  /** After a lowered limit, what was open may go on; nothing is opened above the limit. */
  #allow(): void {
    this.#allowed = Math.max(total(this.#limits), this.sockets.open)
  }

  /** Ends a pool, or one after another: nothing of them is left. */
  async end(pools: readonly AnyPool[], how: 'close' | 'destroy'): Promise<void> {
    for (const pool of pools) await this.inTime(pool[how](), `${how}()`)
    await this.until(() => this.sockets.open === 0, `sockets after ${how}()`)
    const { open, active, pending, hosts } = (pools[0] as AnyPool).stats()
    if (open + active + pending + Object.keys(hosts).length > 0)
      throw new Error(`stats() after ${how}(): ${open} ${active} ${pending}`)
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const spent = stopwatch()
    while (!holds()) {
      if (spent() > hang) throw new Error(`${what}: ${JSON.stringify(this.#pool?.stats())}, sockets ${this.sockets.open}`)
      await sleep(2)
    }
  }

  async inTime<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} hangs: ${JSON.stringify(this.#pool?.stats())}`)), hang)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
  }
}

/** Blocks this process's event loop. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
