/**
 * A map that remembers what was used of late: at least the last `most / 2` keys, at most `most` of them. O(1), and what is asked for again and again
 * costs a look-up and nothing else.
 */
export class Recent<Value extends {}> {
  readonly #half: number
  #young = new Map<string, Value>()
  /** Those that nobody has asked for since the young ones were begun go when these are full. */
  #old = new Map<string, Value>()

  /** @param most 2 or more */
  constructor(most: number) {
    this.#half = Math.floor(most / 2)
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  /** Without its being used. */
  peek(key: string): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    } else this.#old.delete(key)
    this.#young.set(key, value)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
