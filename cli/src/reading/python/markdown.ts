import { parser } from '@lezer/markdown'

/** Part of a file, in offsets; the end is not in it. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** `python`, `py`, `python3`, `{.python .numberLines}`, `python title="x"`, `pycon` */
const python = /^\{?\s*\.?(?:python[23]?|py3?|pycon|ipython[23]?)(?![\w-])/i

/** More fences than that no document has. */
const mostFences = 5000

/**
 * The Python fences of a document, each as the parts that are code: without the indentation of lists, the marks of quotes, the
 * prompts of a session and what it printed. So every offset remains that of the document.
 */
export function fencesIn(text: string): Range[][] {
  const fences: Range[][] = []
  // By iterate: the cursor's own next() takes quadratic time where quotes nest.
  parser.parse(text).iterate({
    enter: (ref) => {
      if (ref.name !== 'FencedCode' || fences.length >= mostFences) return
      const { node } = ref
      const info = node.getChild('CodeInfo')
      if (info === null || !python.test(text.slice(info.from, info.to))) return
      const code = node.getChildren('CodeText').map(({ from, to }) => ({ from, to }))
      const ranges = joined(withoutPrompts(text, withoutMargin(text, linesOf(text, code))))
      if (ranges.length > 0) fences.push(ranges)
    },
  })
  return fences
}

/** The parser takes long for very many ranges. */
function joined(ranges: readonly Range[]): Range[] {
  const result: { from: number; to: number }[] = []
  for (const { from, to } of ranges) {
    const last = result.at(-1)
    if (last?.to === from) last.to = to
    else result.push({ from, to })
  }
  return result
}

function linesOf(text: string, ranges: readonly Range[]): Range[] {
  return ranges.flatMap(({ from, to }) => {
    const lines: Range[] = []
    for (let start = from; start < to; ) {
      const end = text.indexOf('\n', start)
      const next = end < 0 || end >= to ? to : end + 1
      lines.push({ from: start, to: next })
      start = next
    }
    return lines
  })
}

/** Fragments may be indented as a whole. */
function withoutMargin(text: string, lines: readonly Range[]): Range[] {
  const margins = lines.flatMap(({ from, to }) => {
    const line = text.slice(from, to)
    return line.trim() === '' ? [] : [line.length - line.trimStart().length]
  })
  const margin = margins.reduce((least, one) => Math.min(least, one), margins[0] ?? 0)
  return lines.map(({ from, to }) => ({ from: Math.min(from + margin, to), to })).filter(({ from, to }) => from < to)
}

/** `>>> ` and `... `: what has neither is output, if any line has them. */
function withoutPrompts(text: string, lines: readonly Range[]): Range[] {
  const isSession = lines.some(({ from }) => text.startsWith('>>> ', from))
  if (!isSession) return [...lines]
  return lines.flatMap(({ from, to }) => {
    const prompt = text.startsWith('>>> ', from) || text.startsWith('... ', from)
    return prompt ? [{ from: from + 4, to }] : []
  })
}
