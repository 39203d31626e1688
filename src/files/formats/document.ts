import type { Position } from '../../text/positions.ts'
import { clip, visible } from '../../text/show.ts'
import type { PathPositions } from '../path-positions.ts'
import { formatPath, type Path } from '../paths.ts'
import type { Trouble } from '../problems.ts'

/** A mistake at a known place. */
export interface Fault extends Trouble {
  readonly place?: Position | undefined
}

/** What a parser makes of a file. */
export interface Document {
  readonly value: unknown
  /** Absent where the format gives none. */
  readonly places?: PathPositions
  /** Mistakes that leave a value to go on with, such as a key written twice. */
  readonly faults: readonly Fault[]
}

/** The text can't be parsed at all. */
export class SyntaxFault extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super('not parsable')
    this.faults = faults
  }
}

// pools, a pool, hosts, a host, a field: what nests deeper is no config, and parsers that recurse would overflow the stack.
export const deepest = 64

export const nestedTooDeep: Trouble = {
  problem: `values nest more than ${deepest} deep`,
  fix: 'a pool config nests 5 deep: is it the right file?',
}

/** An own property whatever its name: `__proto__` becomes a key like any other, to be refused by name. */
export function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

export function writtenTwice(path: Path, place: Position, first: Position | undefined): Fault {
  return {
    path: formatPath(path),
    place,
    problem: `written twice${first ? `, first on line ${first.line}` : ''}`,
    fix: 'keep one',
  }
}

/** `.inf` of YAML, `inf` of TOML, `1e999` of JSON: numbers that code may have, and that no other format can write. */
export function notFinite(path: Path, place: Position | undefined, value: number): Fault {
  const fix = Number.isNaN(value) ? 'write a number' : 'for no limit, write "unlimited"'
  return { path: formatPath(path), place, problem: `${value} is no number for a config file`, fix }
}

/** A parser's own words, without the end of a sentence; some quote the whole text, and with it what would steer a terminal. */
export function wordsOf(message: string): string {
  return visible(clip(message.trim().replace(/\.$/, ''), 200))
}

/** Whether brackets nest too deep, without parsing: strings and comments count too, but never so many. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
    if (depth > deepest) return true
  }
  return false
}
