/** Named gates: requests wait at one until it is opened, so that a scenario needs no guessed delays. */
export class Gates {
  readonly #waiting = new Map<string, Array<() => void>>()
  readonly #open = new Set<string>()

  wait(key: string): Promise<void> {
    if (this.#open.has(key)) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key)
      if (waiting) waiting.push(resolve)
      else this.#waiting.set(key, [resolve])
    })
  }

  release(key: string): number {
    this.#open.add(key)
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    for (const go of waiting) go()
    return waiting.length
  }
}
