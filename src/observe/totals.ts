/**
 * Sums of what pools have counted, by a name of theirs. They only rise, also when one of several pools of the same name is closed and forgotten:
 * a sum that falls would be read as a process that has begun anew.
 */
export class Totals {
  readonly #byName = new Map<string, number[]>()
  readonly #last = new WeakMap<object, readonly number[]>()

  /**
   * Adds what was counted since the last call.
   * @param counted by whom
   * @param counts so far, always of the same things
   */
  add(name: string, counted: object, counts: readonly number[]): void {
    const last = this.#last.get(counted)
    this.#last.set(counted, counts)
    const sums = this.#byName.get(name)
    if (sums === undefined) this.#byName.set(name, [...counts])
    else for (const [index, count] of counts.entries()) sums[index] = (sums[index] ?? 0) + count - (last?.[index] ?? 0)
  }

  [Symbol.iterator](): Iterator<[name: string, sums: readonly number[]]> {
    return this.#byName.entries()
  }
}
