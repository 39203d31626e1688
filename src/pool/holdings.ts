import { Costs } from './costs.ts'
import type { Quota } from './quota.ts'

/** As many requests as any HTTP/2 connection can carry: its streams are numbered in 31 bits, and every second number is a server's. */
export const mostSlots: number = 2 ** 30

/** Of lanes that the pool does not know. */
const unknown = new Costs()

/** What a lane has of connections: how many requests they carry and may carry, and how many more those who wait need. */
export abstract class Holdings {
  abstract readonly origin: Quota
  costs: Costs = unknown
  /** Connections that count against limits, closing ones excluded, and those of them that still connect. */
  live = 0
  opening = 0
  /** HTTP/2 connections that take requests. */
  sessions = 0
  /** Those of which it is not known yet how many requests they may carry, and those that may carry none for now. */
  untold = 0
  shut = 0
  /** What its HTTP/2 connections carry and may carry, beyond one request each that is in use. */
  extraRunning = 0
  extraSlots = 0
  /** Those that are opened for no request and are not connected yet. */
  ahead = 0

  /** Whether its connections may turn out to carry several requests at a time. */
  get mayMultiplex(): boolean {
    return false
  }

  /** Requests that a new connection is expected to carry at a time. */
  get expected(): number {
    return this.mayMultiplex ? this.expectedOf(this.live === this.opening) : 1
  }

  /** @param isUnproven none of its connections is open */
  private expectedOf(isUnproven: boolean): number {
    const { limits } = this.origin
    const { slots, failed } = this.costs
    // What waits for a connect that may fail again is to hear of it soon.
    if (!limits.keepAlive || (failed && isUnproven)) return 1
    return Math.min(
      Number.isNaN(slots) ? mostSlots : slots,
      mostSlots,
      limits.maxStreamsPerConnection,
      limits.maxRequestsPerConnection,
    )
  }

  /** Requests that its connections carry at a time, those included that are on their way. */
  get width(): number {
    return this.live + this.extraSlots + (this.mayMultiplex ? (this.opening + this.untold) * (this.expected - 1) : 0)
  }

  /** The same with one more connection. */
  get widthBeside(): number {
    return this.mayMultiplex ? this.width + this.expected : this.live + this.extraSlots + 1
  }

  /** Whether its server allows no requests for now, and so is not asked for more connections. */
  get isShut(): boolean {
    return this.shut > 0 && this.shut === this.live - this.opening
  }

  /** Connections that would have yet to be begun if so many waited, so many of them for a new one: what is on its way carries some of them. */
  connectionsFor(waiting: number, retries: number): number {
    if (!this.mayMultiplex) return this.beyondAhead(waiting, retries)
    return this.isShut ? 0 : this.missingFor(waiting, retries, this.expected)
  }

  /** The same of one whose server allows no requests for now, if all its open connections went. */
  connectionsWithoutOpen(waiting: number, retries: number): number {
    return this.missingFor(waiting, retries, this.expectedOf(true))
  }

  private missingFor(waiting: number, retries: number, expected: number): number {
    if (expected === 1) return this.beyondAhead(waiting, retries)
    const coming = this.opening + this.untold
    const missing = Math.ceil((waiting - coming * (expected - 1) - this.ahead) / expected)
    return missing > 0 ? missing : coming === 0 && retries > 0 ? 1 : 0
  }

  /** Those of so many, where each needs a connection, that none on its way is for; a retry has to have one that was begun for it. */
  private beyondAhead(waiting: number, retries: number): number {
    return waiting - Math.min(this.ahead, waiting - retries)
  }
}
