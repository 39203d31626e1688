/** Counts sockets from their creation to their close, without asking the core. */
export class Ledger {
  normal = 0
  overflow = 0
  peak = 0
  peakOverflow = 0
  /** Sockets that were ever opened. */
  total = 0
  readonly #counts = new Map<string, number>()
  readonly #peaks = new Map<string, number>()

  /** Sockets to one origin, or through one proxy, that count against its limit. */
  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  peakOf(key: string): number {
    return this.#peaks.get(key) ?? 0
  }

  opened(origin: string, overflow: boolean, via: string | null): void {
    this.total++
    if (overflow) {
      this.peakOverflow = Math.max(this.peakOverflow, ++this.overflow)
      return
    }
    this.peak = Math.max(this.peak, ++this.normal)
    this.#step(origin, 1)
    if (via !== null) this.#step(via, 1)
  }

  closed(origin: string, overflow: boolean, via: string | null): void {
    if (overflow) {
      this.overflow--
      return
    }
    this.normal--
    this.#step(origin, -1)
    if (via !== null) this.#step(via, -1)
  }

  #step(key: string, more: 1 | -1): void {
    const open = this.of(key) + more
    if (open < 0) throw new Error(`more sockets of ${key} closed than opened`)
    if (open === 0) this.#counts.delete(key)
    else this.#counts.set(key, open)
    this.#peaks.set(key, Math.max(this.peakOf(key), open))
  }
}
