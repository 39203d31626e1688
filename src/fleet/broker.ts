import { setTimeout } from '../pool/port.ts'
import { Ledger } from './ledger.ts'
import { type FleetQuestion, type FleetReply, mark, type Questions } from './messages.ts'
import type { FleetAnswer, FleetRound } from './types.ts'

/** Milliseconds until what a process that has ended had is given to others: its connections are closed, but not everybody has read so. */
const grace = 300

/** One process or thread that asks. */
export interface Asker {
  serve(question: FleetQuestion): Promise<void>
  /** It has ended, and with it everything that it had. */
  gone(): void
}

/**
 * Answers for others: from ledgers of its own, or by asking on. Its ledgers have nothing to learn: who asks them is a child or a thread of this
 * process, or it itself, and has asked none before.
 */
export class Broker {
  readonly #ledgers = new Map<string, Ledger>()
  readonly #beyond: Questions | undefined

  constructor(beyond?: Questions) {
    this.#beyond = beyond
  }

  async exchange(fleet: string, round: FleetRound): Promise<FleetAnswer | null> {
    if (this.#beyond !== undefined) return this.#beyond.ask(fleet, round)
    const ledger = this.#ledgers.get(fleet) ?? new Ledger(false)
    this.#ledgers.set(fleet, ledger)
    return ledger.exchange(round, Math.round(performance.now()))
  }

  /** @param reply gives the client an answer; what it throws is of a client that has gone */
  client(reply: (message: FleetReply) => unknown): Asker {
    const last = new Map<string, { readonly fleet: string; readonly round: FleetRound }>()
    const tell = (message: FleetReply) => {
      try {
        reply(message)
      } catch {
        // Its end is told by its channel.
      }
    }
    return {
      serve: async ({ call, fleet, round }) => {
        const key = `${fleet} ${round.member}`
        if (round.leaves) last.delete(key)
        else last.set(key, { fleet, round })
        try {
          tell({ kind: mark, call, answer: await this.exchange(fleet, round) })
        } catch (error) {
          tell({ kind: mark, call, problem: error instanceof Error ? error.message : String(error) })
        }
      },
      gone: () => {
        const release = ({ fleet, round }: { readonly fleet: string; readonly round: FleetRound }) =>
          this.exchange(fleet, { ...round, round: round.round + 1, leaves: true }).catch(() => {})
        setTimeout(() => {
          for (const asked of last.values()) void release(asked)
        }, grace).unref()
      },
    }
  }
}
