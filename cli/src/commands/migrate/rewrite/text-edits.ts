/** Part of a text, and what stands there instead. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** In the order of the text; of several at one place in the order in which they were given. */
function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end)
}

/** A part of a text with the edits in it, which do not overlap. */
export function edited(text: string, edits: readonly TextEdit[], start = 0, end = text.length): string {
  let result = ''
  let done = start
  for (const edit of inOrder(edits)) {
    if (edit.start < done) throw new Error(`edits overlap at ${edit.start}`)
    result += text.slice(done, edit.start) + edit.text
    done = edit.end
  }
  return result + text.slice(done, end)
}

/** Lines that change, counted from 0, and what they become. */
interface Change {
  readonly from: number
  readonly to: number
  readonly lines: readonly string[]
}

const context = 3

/** The edits as a unified diff, as `git apply` and `patch` take it. */
export function unifiedDiff(file: string, text: string, edits: readonly TextEdit[]): string {
  const changes = changesOf(text, edits)
  if (changes.length === 0) return ''
  const old = linesOf(text)
  const groups: Change[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    const before = last?.at(-1)
    if (last && before && change.from - before.to <= 2 * context) last.push(change)
    else groups.push([change])
  }
  let shift = 0
  const hunks = groups.map((group) => {
    const { text: hunk, grown } = hunkOf(old, group, shift)
    shift += grown
    return hunk
  })
  return `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`
}

function hunkOf(old: readonly string[], group: readonly Change[], shift: number): { text: string; grown: number } {
  const start = Math.max(0, (group[0]?.from ?? 0) - context)
  const end = Math.min(old.length, (group.at(-1)?.to ?? 0) + context)
  const body: string[] = []
  let at = start
  let grown = 0
  for (const { from, to, lines } of group) {
    body.push(...marked(' ', old.slice(at, from)), ...marked('-', old.slice(from, to)), ...marked('+', lines))
    grown += lines.length - (to - from)
    at = to
  }
  body.push(...marked(' ', old.slice(at, end)))
  const count = end - start
  const head = `@@ -${range(start, count)} +${range(start + shift, count + grown)} @@\n`
  return { text: head + body.join(''), grown }
}

function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`)
}

/** With their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function changesOf(text: string, edits: readonly TextEdit[]): Change[] {
  const groups: { start: number; end: number; edits: TextEdit[] }[] = []
  for (const edit of inOrder(edits)) {
    const start = text.lastIndexOf('\n', edit.start - 1) + 1
    // What ends where a line begins leaves that line alone.
    const last = edit.end > edit.start ? edit.end - 1 : edit.end
    const found = text.indexOf('\n', last)
    const end = found < 0 ? text.length : found + 1
    const open = groups.at(-1)
    if (open && start < open.end) {
      open.edits.push(edit)
      open.end = Math.max(open.end, end)
    } else groups.push({ start, end, edits: [edit] })
  }
  const changes = groups.flatMap(({ start, end, edits: own }) => {
    const before = linesOf(text.slice(start, end))
    const after = linesOf(edited(text, own, start, end))
    const from = linesOf(text.slice(0, start)).length
    return trimmed(from, before, after)
  })
  return joined(changes)
}

/** Changes that touch are one. */
function joined(changes: readonly Change[]): Change[] {
  const result: Change[] = []
  for (const change of changes) {
    const last = result.at(-1)
    if (last?.to !== change.from) result.push(change)
    else result[result.length - 1] = { from: last.from, to: change.to, lines: [...last.lines, ...change.lines] }
  }
  return result
}

/** Without the lines that stay as they are at both ends. */
function trimmed(from: number, before: readonly string[], after: readonly string[]): Change[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const lines = after.slice(head, after.length - tail)
  const to = from + before.length - tail
  return lines.length === 0 && to === from + head ? [] : [{ from: from + head, to, lines }]
}
