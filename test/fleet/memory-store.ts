import { Ledger } from '../../src/fleet/ledger.ts'
import { type FleetAnswer, type FleetRound, type FleetStore, longestStep } from '../../src/fleet/types.ts'
import { wallClock } from '../time.ts'

/** A store within the test's own process, whose clock the test moves. */
export class MemoryStore implements FleetStore {
  readonly interval = 20
  readonly rounds: FleetRound[] = []
  /** What it rejects with, if anything. */
  problem: Error | undefined
  /** Nobody is answered. */
  silent = false
  readonly #ledgers = new Map<string, Ledger>()
  #ahead = 0
  readonly #passed = wallClock()

  async exchange(fleet: string, round: FleetRound): Promise<FleetAnswer | null> {
    this.rounds.push(round)
    if (this.problem !== undefined) throw this.problem
    if (this.silent) return new Promise(() => {})
    const ledger = this.#ledgers.get(fleet) ?? new Ledger()
    this.#ledgers.set(fleet, ledger)
    return ledger.exchange(round, Math.trunc(this.#passed()) + this.#ahead)
  }

  /** Has so much time pass for the ledger as it takes to learn. */
  async learn(fleet: string, round: FleetRound): Promise<void> {
    for (let turn = 1; turn < 10; turn++) {
      await this.exchange(fleet, { ...round, round: turn })
      this.#ahead += longestStep(round.ttl)
    }
    await this.exchange(fleet, { ...round, round: 10, leaves: true })
  }
}
