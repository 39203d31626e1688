import { type Position, Positions } from '../../text/positions.ts'
import { PathPositions } from '../path-positions.ts'
import type { Path } from '../paths.ts'

/**
 * Where the keys and values of a TOML text stand. The text must be valid (the parser has accepted it), so nothing is checked here:
 * it is enough to tell keys, strings, brackets and comments apart. Values within arrays have the place of the array.
 */
export function locateToml(text: string): PathPositions {
  return new Locator(text).locate()
}

class Locator {
  readonly #text: string
  readonly #lines: Positions
  readonly #places = new PathPositions()
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#lines = new Positions(text)
  }

  locate(): PathPositions {
    this.#places.set([], undefined, { line: 1, column: 1 })
    let table: Path = []
    for (;;) {
      this.#skipBlank(/\s*/y)
      if (this.#at >= this.#text.length) return this.#places
      if (this.#text[this.#at] === '[') {
        this.#skip(/\[+[ \t]*/y)
        table = this.#keys([], true)
        this.#skip(/[ \t]*\]+/y)
      } else this.#pair(table)
    }
  }

  get #here(): Position {
    return this.#lines.at(this.#at)
  }

  #pair(table: Path): void {
    const path = this.#keys(table, false)
    this.#skip(/[ \t]*=[ \t]*/y)
    this.#places.set(path, this.#places.find(path, 'key'), this.#here)
    this.#value(path)
  }

  /**
   * A dotted key; each of its parts names a table on the way, which has the place of its first mention.
   * @param header whether it is the header of the table that it names, and thus that table's own place
   */
  #keys(base: Path, header: boolean): string[] {
    const path = [...base]
    let place: Position
    do {
      this.#skip(/[ \t]*/y)
      place = this.#here
      path.push(this.#key())
      if (!this.#places.has(path)) this.#places.set(path, place, place)
      this.#skip(/[ \t]*/y)
    } while (this.#skip(/\./y) !== '')
    if (header) this.#places.set(path, place, place)
    return path
  }

  #key(): string {
    const quote = this.#text[this.#at]
    if (quote === "'") return this.#skip(/'[^']*'/y).slice(1, -1)
    if (quote === '"') return unescaped(this.#skip(/"[^"\\]*(?:\\.[^"\\]*)*"/y).slice(1, -1))
    return this.#skip(/[A-Za-z0-9_-]+/y)
  }

  #value(path: Path): void {
    const char = this.#text[this.#at]
    if (char === '{') this.#inlineTable(path)
    else if (char === '[') this.#array()
    else if (char === '"' || char === "'") this.#string()
    else this.#skip(/[^,\]}#\r\n]*/y)
  }

  #inlineTable(path: Path): void {
    this.#skip(/\{/y)
    for (;;) {
      this.#skipBlank(/[\s,]*/y)
      if (this.#at >= this.#text.length || this.#skip(/\}/y) !== '') return
      this.#pair(path)
    }
  }

  #array(): void {
    let depth = 0
    do {
      this.#skipBlank(/[^[\]{}"'#]*/y)
      const char = this.#text[this.#at]
      if (char === '"' || char === "'") this.#string()
      else {
        if (char === '[' || char === '{') depth++
        else depth--
        this.#at++
      }
    } while (depth > 0 && this.#at < this.#text.length)
  }

  #string(): void {
    const found =
      this.#skip(/"""[^"\\]*(?:(?:\\[\s\S]|"{1,2}(?!"))[^"\\]*)*"{3,5}/y) ||
      this.#skip(/'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5}/y) ||
      this.#skip(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y) ||
      this.#skip(/'[^'\n]*'/y)
    if (found === '') this.#at++
  }

  /** Blanks and comments. */
  #skipBlank(blank: RegExp): void {
    do this.#skip(blank)
    while (this.#skip(/#[^\n]*/y) !== '')
  }

  /** Moves behind what the pattern matches here, and returns it. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }
}

/** The escapes of a basic string. */
function unescaped(text: string): string {
  const named: { readonly [letter: string]: string } = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' }
  return text.replace(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, x, u, long, letter: string) => {
    const code = x ?? u ?? long
    return code === undefined ? (named[letter] ?? letter) : String.fromCodePoint(Number.parseInt(code, 16))
  })
}
