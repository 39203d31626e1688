import { setTimeout } from '../pool/port.ts'
import type { FleetAnswer, FleetRound } from './types.ts'

/** What tells these messages from all others on a channel. */
export const mark = 'polypool:fleet:1'

export interface FleetQuestion {
  readonly kind: typeof mark
  readonly call: number
  readonly fleet: string
  readonly round: FleetRound
}

export interface FleetReply {
  readonly kind: typeof mark
  readonly call: number
  readonly answer?: FleetAnswer | null
  /** Why there is none. */
  readonly problem?: string
}

export function isFleetMessage(message: unknown): message is FleetQuestion {
  return typeof message === 'object' && message !== null && (message as Partial<FleetQuestion>).kind === mark
}

interface Waiting {
  resolve(answer: FleetAnswer | null): void
  reject(error: Error): void
}

/** Milliseconds that an answer may take within one machine. */
const patience = 2000

/** Questions to somebody at the other end of a channel. */
export class Questions {
  readonly #waiting = new Map<number, Waiting>()
  readonly #send: (question: FleetQuestion) => void
  readonly #onSettled: () => void
  readonly #problem: string
  #calls = 0

  /**
   * @param send may throw
   * @param onSettled one of them has been answered, or will not be
   * @param problem of one that nobody has answered
   */
  constructor(send: (question: FleetQuestion) => void, onSettled: () => void, problem: string) {
    this.#send = send
    this.#onSettled = onSettled
    this.#problem = problem
  }

  /** Those that wait for an answer. */
  get open(): number {
    return this.#waiting.size
  }

  ask(fleet: string, round: FleetRound): Promise<FleetAnswer | null> {
    const call = this.#calls++
    return new Promise((resolve, reject) => {
      this.#send({ kind: mark, call, fleet, round })
      this.#waiting.set(call, { resolve, reject })
      setTimeout(() => this.#take(call)?.reject(new Error(this.#problem)), patience).unref()
    })
  }

  answer(message: unknown): void {
    if (!isFleetMessage(message)) return
    const { call, answer, problem } = message as FleetReply
    const waiting = this.#take(call)
    if (answer === undefined) waiting?.reject(new Error(problem))
    else waiting?.resolve(answer)
  }

  #take(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call)
    if (this.#waiting.delete(call)) this.#onSettled()
    return waiting
  }
}
