import { type ObjectNode, parse, type ValueNode } from '@humanwhocodes/momoa'
import { type Position, Positions } from '../../text/positions.ts'
import { PathPositions } from '../path-positions.ts'
import type { Path } from '../paths.ts'
import {
  type Document,
  type Fault,
  nestedTooDeep,
  nestsTooDeep,
  notFinite,
  SyntaxFault,
  setOwn,
  wordsOf,
  writtenTwice,
} from './document.ts'

/** JSON, strictly. */
export function parseJson(text: string): Document {
  return read(text, 'json')
}

/** JSON with comments and trailing commas. */
export function parseJsonc(text: string): Document {
  return read(text, 'jsonc')
}

/** JSON5: besides, bare keys, single quotes, `+5`, `0x1F`. */
export function parseJson5(text: string): Document {
  return read(text, 'json5')
}

type Mode = 'json' | 'jsonc' | 'json5'

function read(text: string, mode: Mode): Document {
  if (nestsTooDeep(text)) throw new SyntaxFault([nestedTooDeep])
  const places = new PathPositions()
  const faults: Fault[] = []
  const value = evaluate(parseText(text, mode), [], undefined)
  return { value, places, faults }

  function evaluate(node: ValueNode, path: Path, key: Position | undefined): unknown {
    places.set(path, key, placeOf(node))
    if (node.type === 'Object') return evaluateObject(node, path)
    if (node.type === 'Array')
      return node.elements.map((element, index) => evaluate(element.value, [...path, String(index)], undefined))
    return scalar(node, path)
  }

  function scalar(node: ValueNode, path: Path): unknown {
    const value = node.type === 'Null' ? null : valueIn(node)
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    faults.push(notFinite(path, placeOf(node), value))
    return undefined
  }

  function evaluateObject(node: ObjectNode, path: Path): object {
    const object = {}
    for (const { name, value } of node.members) {
      const key = name.type === 'String' ? name.value : name.name
      const at = [...path, key]
      if (Object.hasOwn(object, key)) faults.push(writtenTwice(at, placeOf(name), places.find(at, 'key')))
      else setOwn(object, key, evaluate(value, at, placeOf(name)))
    }
    return object
  }
}

function valueIn(node: ValueNode): unknown {
  if (node.type === 'NaN') return Number.NaN
  if (node.type === 'Infinity') return node.sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return 'value' in node ? node.value : undefined
}

function parseText(text: string, mode: Mode): ValueNode {
  try {
    return parse(text, { mode, allowTrailingCommas: mode !== 'json' }).body
  } catch (error) {
    const { message, line, column } = error as { message: string; line?: number; column?: number }
    // The parser recurses over comments in a row, too.
    if (line === undefined || column === undefined) throw new SyntaxFault([nestedTooDeep])
    // The end of the text has no token, so the parser has no place for it.
    const place = message.startsWith('Unexpected end') ? new Positions(text).at(text.length) : { line, column }
    const problem = `this is not valid ${mode.toUpperCase()}: ${wordsOf(explain(message))}`
    throw new SyntaxFault([{ place, problem, fix: adviceAt(text, place, mode) }])
  }
}

const tokens: { readonly [name: string]: string } = {
  RBrace: '}',
  LBrace: '{',
  RBracket: ']',
  LBracket: '[',
  Colon: ':',
  Comma: ',',
}

/** The parser's own words, with the character instead of its name and without the place, which is told already. */
function explain(message: string): string {
  return message
    .replace(/ ?\(\d+:\d+\)$/, '')
    .replace(/ found\.$/, '')
    .replace(
      /^Unexpected token (\w+)/,
      (_, name: string) => `unexpected ${tokens[name] ? `"${tokens[name]}"` : name.toLowerCase()}`,
    )
    .replace(/^Unexpected character '(.*)'$/s, 'unexpected "$1"')
    .replace(/^Unexpected end of input$/, 'it ends too early')
}

/** The usual mistakes, by what stands at the place. */
function adviceAt(text: string, place: Position, mode: Mode): string {
  const line = text.split('\n', place.line)[place.line - 1]
  const rest = line?.slice(place.column - 1) ?? ''
  if (mode === 'json' && /^(\/\/|\/\*|#)/.test(rest)) return 'JSON has no comments: remove it, or name the file .jsonc'
  if (mode !== 'json5' && rest.startsWith("'")) return 'write strings in double quotes'
  if (mode === 'json' && /^[}\]]/.test(rest)) return 'is there a comma too many before it?'
  if (mode !== 'json5' && /^[A-Za-z_]/.test(rest)) return 'write keys and strings in double quotes'
  if (rest.startsWith('"')) return 'is a comma missing before it?'
  return 'look at this place and just before it'
}

function placeOf({ loc }: { readonly loc: { readonly start: Position } }): Position {
  return { line: loc.start.line, column: loc.start.column }
}
