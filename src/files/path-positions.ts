import type { Position } from '../text/positions.ts'
import type { Path } from './paths.ts'

/** Where each key and each value of a document was written. */
export class PathPositions {
  readonly #keys = new Map<string, Position>()
  readonly #values = new Map<string, Position>()

  set(path: Path, key: Position | undefined, value: Position): void {
    const id = JSON.stringify(path)
    if (key !== undefined) this.#keys.set(id, key)
    this.#values.set(id, value)
  }

  has(path: Path): boolean {
    return this.#values.has(JSON.stringify(path))
  }

  /** The nearest that is known: what an alias stands for has only the alias' own place. */
  find(path: Path, part: 'key' | 'value'): Position | undefined {
    const [first, second] = part === 'key' ? [this.#keys, this.#values] : [this.#values, this.#keys]
    for (let length = path.length; length >= 0; length--) {
      const id = JSON.stringify(path.slice(0, length))
      const place = first.get(id) ?? second.get(id)
      if (place !== undefined) return place
    }
    return undefined
  }
}
