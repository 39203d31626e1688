import type { Tree } from '@lezer/common'
import { parser } from '@lezer/python'
import { Positions } from '../source/positions.ts'
import { type Problem, tooDeep } from '../source/problems.ts'
import { fencesIn, type Range } from './markdown.ts'
import { faulty } from './tree.ts'

/** A piece of Python in a file: all of it, or one fence of a document. */
export interface Block {
  readonly tree: Tree
  /** Where the tree begins in the file. */
  readonly offset: number
}

export interface Parsed {
  readonly file: string
  readonly text: string
  readonly positions: Positions
  readonly blocks: readonly Block[]
  /** Where it isn't Python; the rest is read all the same. */
  readonly problems: readonly Problem[]
}

const document = /\.(?:md|markdown|mdx)$/i

/** Python, or the Python in a Markdown document: as the file's name says, or for standard input as it looks. */
export function parsePython(file: string, text: string): Parsed {
  const positions = new Positions(text)
  const whole = () => [parseRanges(text, [{ from: 0, to: text.length }])]
  const blocks = document.test(file)
    ? fencesIn(text).map((ranges) => parseRanges(text, ranges))
    : file === '<stdin>' && looksLikeMarkdown(text)
      ? fencesIn(text).map((ranges) => parseRanges(text, ranges))
      : whole()
  const problems = blocks.flatMap((block) => problemIn(block, file, positions) ?? [])
  return { file, text, positions, blocks, problems }
}

function parseRanges(text: string, ranges: readonly Range[]): Block {
  const [first] = ranges
  return first ? { tree: parser.parse(text, [], ranges), offset: first.from } : { tree: parser.parse(''), offset: 0 }
}

/** It has fences, and is no Python that has them in a text of its own. */
function looksLikeMarkdown(text: string): boolean {
  if (!/^[ \t>]{0,20}(?:[-*+] +)?(?:```|~~~)/m.test(text)) return false
  return faults(parser.parse(text)).next().done === false
}

interface Fault {
  readonly from: number
  readonly depth: number
}

/** A node that the cursor is in. */
interface Frame {
  readonly name: string
  /** Of its children the last that was met. */
  last: string
  /** `with (a as b, c as d):` is Python, but not known to the parser. */
  parenthesized: boolean
}

/** Where the parser had to make something up. */
function* faults(tree: Tree): Generator<Fault> {
  const cursor = tree.cursor()
  const around: Frame[] = []
  for (;;) {
    const { name } = cursor
    const parent = around.at(-1)
    if (parent) {
      if (parent.name === 'WithStatement' && parent.last === 'with' && name === 'ParenthesizedExpression')
        parent.parenthesized = true
      parent.last = name
    }
    const within = parent?.name === 'ParenthesizedExpression' || parent?.name === 'TupleExpression'
    const excused = parent?.parenthesized || (within && around.at(-2)?.parenthesized)
    if (name === faulty && !excused) yield { from: cursor.from, depth: around.length }
    if (cursor.firstChild()) {
      around.push({ name, last: '', parenthesized: false })
      continue
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) return
      around.pop()
    }
  }
}

/** The parser gives up nesting at some 3000 levels. */
const deep = 1000

function problemIn({ tree, offset }: Block, file: string, positions: Positions): Problem | undefined {
  let first: Fault | undefined
  let count = 0
  for (const fault of faults(tree)) {
    first ??= fault
    count++
  }
  if (first === undefined) return undefined
  const more = count > 1 ? ` (and at ${count - 1} more ${count === 2 ? 'place' : 'places'})` : ''
  const message = first.depth > deep ? tooDeep : `syntax error: this is not the Python that was expected here${more}`
  return { file, ...positions.at(offset + first.from), message }
}
