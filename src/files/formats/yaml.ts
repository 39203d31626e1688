import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type YAMLMap,
  type Document as YamlDocument,
} from 'yaml'
import type { Position } from '../../text/positions.ts'
import { PathPositions } from '../path-positions.ts'
import { formatPath, type Path } from '../paths.ts'
import {
  type Document,
  deepest,
  type Fault,
  nestedTooDeep,
  notFinite,
  SyntaxFault,
  setOwn,
  wordsOf,
  writtenTwice,
} from './document.ts'

// An alias is a reference here, not a copy; but whoever prints or copies the value would expand it.
const mostExpanded = 10_000

const noContent = { problem: 'the file has no content', fix: 'write pools into it' }

/**
 * YAML 1.2. Nodes are turned into values here and not by the library: it compares every key of a map with every other and walks
 * the whole document for every alias, so that a file of 1 MB takes a minute.
 */
export function parseYaml(text: string): Document {
  const lines = new LineCounter()
  const document = compose(text, lines)
  return new Reader(lines).read(document)
}

function compose(text: string, lines: LineCounter): YamlDocument.Parsed {
  const place = (offset: number): Position => placeAt(lines, offset)
  // The composer recurses, and near the end of the stack V8 aborts the whole process; the parser before it keeps a stack of its own.
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  const tokens: CST.Token[] = []
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (parser.stack.length > deepest * 2) throw new SyntaxFault([{ ...nestedTooDeep, place: place(parser.offset) }])
  }
  for (const token of parser.end()) tokens.push(token)
  const [document, second] = new Composer({ uniqueKeys: false, logLevel: 'silent' }).compose(tokens, true, text.length)
  if (document === undefined) throw new SyntaxFault([noContent])
  // What the star brings about shows only what the parser made of it.
  // One slip often brings a dozen errors after it.
  const told = [...document.errors, ...document.warnings].slice(0, 3)
  const star = told.flatMap(({ pos }) => starAt(text, lines, pos[0])).at(0)
  if (star !== undefined) throw new SyntaxFault([star])
  const faults = told.map(
    ({ message, pos }): Fault => ({
      place: place(pos[0]),
      problem: `this is not valid YAML: ${wordsOf(message)}`,
      fix: 'look at this place and just before it',
    }),
  )
  if (second !== undefined) {
    faults.push({
      place: place(second.range[0]),
      problem: 'a second document starts here',
      fix: 'keep all pools in one document',
    })
  }
  if (faults.length > 0) throw new SyntaxFault(faults)
  if (document.contents === null) throw new SyntaxFault([noContent])
  return document
}

/** An alias with a dot behind its star, on the line of an error, is a host that was not quoted. */
function starAt(text: string, lines: LineCounter, offset: number): Fault[] {
  const { line } = lines.linePos(offset)
  const start = lines.lineStarts[line - 1] ?? 0
  const found = /(?<![^\s{,])\*\.[^\s,{}[\]"']{1,300}/.exec(text.slice(start, lines.lineStarts[line]))
  if (!found?.[0].endsWith(':')) return []
  return [unquoted(found[0].slice(0, -1), placeAt(lines, start + found.index))]
}

function unquoted(key: string, place: Position | undefined): Fault {
  return { place, problem: `a key that starts with * is an alias in YAML: ${wordsOf(key)}`, fix: `quote it, "${wordsOf(key)}"` }
}

/** A value and how many values it stands for when its aliases are written out. */
interface Anchored {
  readonly value: unknown
  readonly size: number
}

class Reader {
  readonly #lines: LineCounter
  readonly #places = new PathPositions()
  readonly #faults: Fault[] = []
  /** Null while the value of the anchor is still being read. */
  readonly #anchors = new Map<string, Anchored | null>()
  #size = 0
  #expanded = 0

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  read(document: YamlDocument.Parsed): Document {
    const value = this.#value(document.contents, [], undefined)
    return { value, places: this.#places, faults: this.#faults }
  }

  #value(node: unknown, path: Path, key: Position | undefined): unknown {
    const place = this.#place(node)
    if (place !== undefined) this.#places.set(path, key, place)
    if (isAlias(node)) return this.#alias(node.source, path, place)
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
    const before = this.#size++
    if (anchor !== undefined) this.#anchors.set(anchor, null)
    const value = this.#plain(node, path)
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#size - before })
    return value
  }

  #plain(node: unknown, path: Path): unknown {
    if (isMap(node)) return this.#map(node, path)
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, [...path, String(index)], undefined))
    const value = isScalar(node) ? node.value : null
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    this.#faults.push(notFinite(path, this.#place(node), value))
    return undefined
  }

  #map(node: YAMLMap, path: Path): object {
    const object = {}
    for (const { key, value } of node.items) {
      const place = this.#place(key)
      const name = keyName(key)
      const at = [...path, name ?? '']
      if (isAlias(key)) this.#faults.push(unquoted(`*${key.source}`, place))
      else if (name === undefined) this.#fault(path, place, 'a key is not plain text', 'write a name')
      else if (name === '<<') this.#fault(path, place, '"<<" does not merge here', 'let the pool inherit with extends: name')
      else if (Object.hasOwn(object, name))
        this.#faults.push(writtenTwice(at, place ?? { line: 1, column: 1 }, this.#places.find(at, 'key')))
      else setOwn(object, name, this.#value(value, at, place))
    }
    return object
  }

  #alias(name: string, path: Path, place: Position | undefined): unknown {
    const anchored = this.#anchors.get(name)
    if (anchored === undefined)
      this.#fault(path, place, `*${name} has no anchor before it`, `write &${name} where its value stands`)
    else if (anchored === null) this.#fault(path, place, `*${name} stands for a value that contains it`, 'write the value out')
    else {
      this.#size += anchored.size
      this.#expanded += anchored.size
      if (this.#expanded > mostExpanded) {
        const problem = `its aliases stand for more than ${mostExpanded} values`
        throw new SyntaxFault([{ place, problem, fix: 'let pools inherit with extends: name instead' }])
      }
      return anchored.value
    }
    return undefined
  }

  #fault(path: Path, place: Position | undefined, problem: string, fix: string): void {
    this.#faults.push({ path: formatPath(path), place, problem, fix })
  }

  #place(node: unknown): Position | undefined {
    const range = (node as { range?: readonly number[] | null } | null)?.range
    return range ? placeAt(this.#lines, range[0] ?? 0) : undefined
  }
}

/** As it was written: 010 and 1.10 are other names than the numbers they would be. */
function keyName(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

function placeAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}
