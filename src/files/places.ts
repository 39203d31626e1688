import type { Path } from './paths.ts'

/** A place in a text file, counted from 1; columns in UTF-16 units, as editors count. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Where each key and each value of a document was written. */
export class Places {
  readonly #keys = new Map<string, Place>()
  readonly #values = new Map<string, Place>()

  set(path: Path, key: Place | undefined, value: Place): void {
    const id = JSON.stringify(path)
    if (key !== undefined) this.#keys.set(id, key)
    this.#values.set(id, value)
  }

  has(path: Path): boolean {
    return this.#values.has(JSON.stringify(path))
  }

  /** The nearest that is known: what an alias stands for has only the alias' own place. */
  find(path: Path, part: 'key' | 'value'): Place | undefined {
    const [first, second] = part === 'key' ? [this.#keys, this.#values] : [this.#values, this.#keys]
    for (let length = path.length; length >= 0; length--) {
      const id = JSON.stringify(path.slice(0, length))
      const place = first.get(id) ?? second.get(id)
      if (place !== undefined) return place
    }
    return undefined
  }
}

/** Turns offsets into places, for parsers that know only offsets. */
export class Lines {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }
}
