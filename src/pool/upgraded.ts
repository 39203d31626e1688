/** What is asked of a socket that its caller has taken over. */
export interface Closable {
  /** Whether it has told of its close. */
  readonly closed: boolean
}

/** Counts the sockets that callers have taken over, until they close. No listener of the pool's stays on them: they are looked at when they are counted. */
export class UpgradedSockets {
  #sockets: WeakRef<Closable>[] = []
  #pruneAt = 64

  add(socket: Closable): void {
    if (this.#sockets.push(new WeakRef(socket)) < this.#pruneAt) return
    this.#prune()
    // So that adding costs O(1) on average, however many stay open.
    this.#pruneAt = Math.max(64, 2 * this.#sockets.length)
  }

  get open(): number {
    this.#prune()
    return this.#sockets.length
  }

  #prune(): void {
    this.#sockets = this.#sockets.filter((socket) => socket.deref()?.closed === false)
  }
}
