import { median, rate } from './rounds.ts'
import type { Send } from './subjects.ts'

/** Requests a second, and the time of this process that each took. */
export class Meter {
  readonly #spent: number[] = []

  async rate(send: Send, requests: number, inFlight: number): Promise<number> {
    const before = process.cpuUsage()
    const perSecond = await rate(send, requests, inFlight)
    const { user, system } = process.cpuUsage(before)
    this.#spent.push((user + system) / requests)
    return perSecond
  }

  get microseconds(): number {
    return median(this.#spent)
  }
}

export function count(amount: number): string {
  return Math.round(amount).toLocaleString('en')
}
