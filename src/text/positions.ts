/** A place in a text, counted from 1; columns in UTF-16 units, as editors count. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What ends a line in JavaScript; elsewhere the two separators are characters like others. */
export const javascriptLineBreaks = /\r\n|[\n\r\u2028\u2029]/g

/** Turns offsets of a text into positions, for parsers that know only offsets. */
export class Positions {
  readonly #starts: number[] = [0]

  constructor(text: string, lineBreaks: RegExp = /\r\n?|\n/g) {
    for (const { index, 0: end } of text.matchAll(lineBreaks)) this.#starts.push(index + end.length)
  }

  at(offset: number): Position {
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
