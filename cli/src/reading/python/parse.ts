import type { Tree } from '@lezer/common'
import { parser } from '@lezer/python'
import { Positions } from 'polypool/internal'
import { type Problem, tooDeep } from '../shared/problems.ts'
import { fencesIn, type Range } from './markdown.ts'
import { asParserKnows } from './parser-gaps.ts'
import { faulty } from './tree.ts'

/** A piece of Python in a file: all of it, or one fence of a document. */
export interface Block {
  readonly tree: Tree
  /** Where the tree begins in the file. */
  readonly offset: number
}

export interface ParsedPython {
  readonly file: string
  readonly text: string
  readonly positions: Positions
  readonly blocks: readonly Block[]
  /** Where it isn't Python; the rest is read all the same. */
  readonly problems: readonly PythonProblem[]
}

export interface PythonProblem extends Problem {
  /** Python that the parser does not know: what else is in the file can be trusted. */
  readonly parserGap?: true
}

const document = /\.(?:md|markdown|mdx)$/i

/** Python, or the Python in a Markdown document: as the file's name says, or for standard input as it looks. */
export function parsePython(file: string, original: string): ParsedPython {
  const positions = new Positions(original)
  const text = asParserKnows(withoutFormFeeds(original))
  const whole = () => [parseRanges(text, [{ from: 0, to: text.length }])]
  const blocks = document.test(file)
    ? fencesIn(text).map((ranges) => parseRanges(text, ranges))
    : file === '<stdin>' && looksLikeMarkdown(text)
      ? fencesIn(text).map((ranges) => parseRanges(text, ranges))
      : whole()
  const problems = blocks.flatMap((block) => problemIn(block, file, text, positions) ?? [])
  return { file, text: original, positions, blocks, problems }
}

function parseRanges(text: string, ranges: readonly Range[]): Block {
  const [first] = ranges
  return first ? { tree: parser.parse(text, [], ranges), offset: first.from } : { tree: parser.parse(''), offset: 0 }
}

/** To Python a form feed is blank, and one before a line's first word counts for no indentation; to the parser it is a fault. */
function withoutFormFeeds(text: string): string {
  if (!text.includes('\f')) return text
  return text.replace(/^[ \t]*\f[ \t\f]*/gm, (start) => '\n'.repeat(start.length)).replaceAll('\f', ' ')
}

/** It has fences, and is no Python that has them in a text of its own. */
function looksLikeMarkdown(text: string): boolean {
  if (!/^[ \t>]{0,20}(?:[-*+] +)?(?:```|~~~)/m.test(text)) return false
  return faults(parser.parse(text), text, 0).next().done === false
}

interface Fault {
  readonly from: number
  readonly depth: number
  /** Whether Python has what the parser does not know here. */
  readonly gap: boolean
}

/** A node that the cursor is in. */
interface Frame {
  readonly name: string
  /** Of its children the last that was met. */
  last: string
}

/** Where the parser had to make something up. */
function* faults(tree: Tree, text: string, offset: number): Generator<Fault> {
  const cursor = tree.cursor()
  const around: Frame[] = []
  for (;;) {
    const { name } = cursor
    const parent = around.at(-1)
    const before = parent?.last
    if (parent) {
      if (name !== 'Comment') parent.last = name
    }
    if (name === faulty) {
      const at = { parent: parent?.name, before, follows: text[offset + cursor.from] ?? '' }
      if (!isPython(at)) yield { from: cursor.from, depth: around.length, gap: isGap(at) }
    }
    if (cursor.firstChild()) {
      around.push({ name, last: '' })
      continue
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) return
      around.pop()
    }
  }
}

/** What the parser met, and where. */
interface Surprise {
  readonly parent: string | undefined
  /** The sibling before it. */
  readonly before: string | undefined
  /** The character there. */
  readonly follows: string
}

/** A `yield` of nothing, and `a[*b]`: the rest of the tree is as it should be. */
function isPython({ parent, before, follows }: Surprise): boolean {
  if (parent === 'YieldStatement' || parent === 'YieldExpression') return before === 'yield' && /[\s)\]},;=#:]|^$/.test(follows)
  return parent === 'MemberExpression' && (before === '[' || before === ',') && follows === '*'
}

/** `for x in *a, b:`, `with a as (b, c):` and `@(…)`, which the parser loses its way at. */
function isGap({ parent, before, follows }: Surprise): boolean {
  if (parent === 'ForStatement') return before === 'in' && follows === '*'
  if (parent === 'WithStatement') return before === 'as' && (follows === '(' || follows === '[')
  return parent === 'Decorator' && before === 'At'
}

/** The parser gives up nesting at some 3000 levels. */
const deep = 1000

function problemIn({ tree, offset }: Block, file: string, text: string, positions: Positions): PythonProblem | undefined {
  let first: Fault | undefined
  let count = 0
  for (const fault of faults(tree, text, offset)) {
    first ??= fault
    count++
  }
  if (first === undefined) return undefined
  const more = count > 1 ? ` (and at ${count - 1} more ${count === 2 ? 'place' : 'places'})` : ''
  const at = { file, ...positions.at(offset + first.from) }
  if (first.gap) return { ...at, message: 'not understood here: Python that the parser does not know', parserGap: true }
  const message = first.depth > deep ? tooDeep : `syntax error: this is not the Python that was expected here${more}`
  return { ...at, message }
}
