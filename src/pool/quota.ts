import type { HostLimits } from '../config/types.ts'
import { Level } from './level.ts'

/** One origin's share, by its own limits. */
export class Quota extends Level {
  limits: HostLimits
  /** Those of the overflow that are closing. */
  overflowClosing = 0
  waiting = 0

  constructor(key: string, limits: HostLimits, maxOverflow: number) {
    super(key, maxOverflow)
    this.limits = limits
  }

  override get limit(): number {
    return this.limits.maxConnectionsPerHost
  }
}
