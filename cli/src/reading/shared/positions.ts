/** Both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Lines and columns of a text's offsets. */
export class Positions {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) this.#starts.push(index + end.length)
  }

  at(offset: number): Position {
    const starts = this.#starts
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
