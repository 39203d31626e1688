/** Reuses that are looked at for a turn after a server has closed a connection right behind an answer: it may well do it again. */
const careful = 64

/** Lanes that are remembered: more servers of that kind than a program talks to. */
const most = 1000

/** Remembers the lanes whose servers close connections right behind an answer, also while the pool itself has forgotten them. */
export class Caution {
  readonly #left = new Map<string, number>()

  warn(lane: string): void {
    this.#left.delete(lane)
    this.#left.set(lane, careful)
    if (this.#left.size <= most) return
    const [oldest] = this.#left.keys()
    this.#left.delete(oldest as string)
  }

  /** One more reuse went well. */
  ease(lane: string): void {
    const left = this.#left.get(lane)
    if (left === undefined) return
    if (left > 1) this.#left.set(lane, left - 1)
    else this.#left.delete(lane)
  }

  about(lane: string): boolean {
    return this.#left.size > 0 && this.#left.has(lane)
  }
}
