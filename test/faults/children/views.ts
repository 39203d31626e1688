import { setTimeout as sleep } from 'node:timers/promises'
import { hasProc } from '../../platform.ts'
import { wallClock } from '../../time.ts'
import type { AnyPool } from '../engines.ts'
import { socketsInProc } from '../os-view.ts'

/** What the pool counts, and what the operating system counts. */
export interface Views {
  readonly open: number
  readonly active: number
  readonly idle: number
  readonly pending: number
  /** Sockets of this process to the test's servers; without /proc, as the pool has it. */
  readonly sockets: number
}

/** Compares a pool of this process with the sockets that the process has got since. */
export class Viewer {
  readonly #ports: ReadonlySet<number>
  readonly #before: ReadonlySet<string>

  /** @param urls of the servers; to be made before the pool */
  constructor(...urls: readonly string[]) {
    this.#ports = new Set(urls.filter((url) => url !== '').map((url) => Number(new URL(url).port)))
    this.#before = new Set(this.#sockets())
  }

  /** Both as they are now. */
  take(pool: AnyPool): Views {
    const { open, active, idle, pending } = pool.stats()
    const sockets = hasProc ? this.#sockets().filter((inode) => !this.#before.has(inode)).length : open
    return { open, active, idle, pending, sockets }
  }

  /** Both as they are once they agree: the end of a socket is told a moment after it. What never agrees is given as it is then. */
  async settle(pool: AnyPool): Promise<Views> {
    const elapsed = wallClock()
    for (;;) {
      const views = this.take(pool)
      if (views.sockets === views.open || elapsed() > patience) return views
      await sleep(10)
    }
  }

  #sockets(): readonly string[] {
    return hasProc ? socketsInProc(this.#ports) : []
  }
}

/** Far above what closing takes on a busy machine, and below the time after which the process is killed. */
const patience = 60_000
