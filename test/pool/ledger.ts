/** Counts sockets from their creation to their close, without asking the core. */
export class Ledger {
  normal = 0
  overflow = 0
  peak = 0
  peakOverflow = 0
  /** Sockets that were ever opened. */
  total = 0
  readonly #origins = new Map<string, number>()
  readonly #peaks = new Map<string, number>()

  /** Sockets to one origin that count against its limit. */
  of(origin: string): number {
    return this.#origins.get(origin) ?? 0
  }

  peakOf(origin: string): number {
    return this.#peaks.get(origin) ?? 0
  }

  opened(origin: string, overflow: boolean): void {
    this.total++
    if (overflow) {
      this.peakOverflow = Math.max(this.peakOverflow, ++this.overflow)
      return
    }
    this.peak = Math.max(this.peak, ++this.normal)
    const open = this.of(origin) + 1
    this.#origins.set(origin, open)
    this.#peaks.set(origin, Math.max(this.peakOf(origin), open))
  }

  closed(origin: string, overflow: boolean): void {
    if (overflow) {
      this.overflow--
      return
    }
    this.normal--
    const open = this.of(origin) - 1
    if (open < 0) throw new Error(`more sockets to ${origin} closed than opened`)
    if (open === 0) this.#origins.delete(origin)
    else this.#origins.set(origin, open)
  }
}
