/** Longer than the head of any statement; what is not closed by then is left as it is. */
const longest = 20_000

/**
 * A text for the parser, of the same length: what Python has and the parser does not know is written as it does. `10.` is `10`, and
 * `with (a() as x, b() as y):`, which may go over several lines, has no parentheses and is on one.
 */
export function asParserKnows(text: string): string {
  return withoutParentheses(text.replace(/(?<![\w.])(\d[\d_]*)\.(?![\w.])/g, '$1 '))
}

const opening = /^[ \t]*(?:async[ \t]+)?with[ \t]*\(/gm

function withoutParentheses(text: string): string {
  const parts: string[] = []
  let done = 0
  for (const { 0: head, index } of text.matchAll(opening)) {
    const start = index + head.length - 1
    if (start < done) continue
    const inner = itemsFrom(text, start)
    if (inner === undefined) continue
    parts.push(text.slice(done, start), inner)
    done = start + inner.length
  }
  return done === 0 ? text : parts.join('') + text.slice(done)
}

/** From `(` to its `)` as one line without both, if names are given within and the body follows. */
function itemsFrom(text: string, start: number): string | undefined {
  const limit = Math.min(text.length, start + longest)
  let depth = 0
  let names = false
  let line = ''
  for (let at = start; at < limit; ) {
    const piece = pieceAt(text, at)
    at += piece.length
    if (piece.startsWith('#') || /^[\r\n\\]$/.test(piece)) line += ' '.repeat(piece.length)
    else if (/^[([{]$/.test(piece)) line += depth++ === 0 ? ' ' : piece
    else if (/^[)\]}]$/.test(piece)) {
      if (--depth === 0) {
        if (!names || !/^[ \t]*:/.test(text.slice(at, at + 100))) return undefined
        return `${line.replace(/,(?= *$)/, ' ')} `
      }
      line += piece
    } else {
      names ||= depth === 1 && piece === 'as'
      line += piece
    }
  }
  return undefined
}

const token = /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\w+|[\s\S]/y

/** A text, a comment, a word, or one character. */
function pieceAt(text: string, at: number): string {
  token.lastIndex = at
  return token.exec(text)?.[0] ?? ' '
}
