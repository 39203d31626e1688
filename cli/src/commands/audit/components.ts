import { extname } from 'node:path'

/** Files of which only a part is a script. */
export const componentExtensions = ['vue', 'svelte', 'astro'] as const

export function isComponent(file: string): boolean {
  return (componentExtensions as readonly string[]).includes(extname(file).slice(1))
}

const frontMatter = /^\s*---[^\S\n]*\r?\n([\s\S]*?)^---/m
/** Data, and what is loaded from elsewhere. */
const other = /\btype\s*=\s*["']?(?!module|(?:text|application)\/(?:java|ecma|type)script)[\w/+.-]/i

/** The scripts of a component, each where it stands in the file: everything else is blank. Other files as they are. */
export function scriptText(file: string, text: string): string {
  if (!isComponent(file)) return text
  const parts: [start: number, end: number][] = []
  const front = file.endsWith('.astro') ? frontMatter.exec(text) : null
  if (front) {
    const start = front.index + front[0].indexOf(front[1] ?? '')
    parts.push([start, start + (front[1] ?? '').length])
  }
  for (const { attributes, start, end } of elementsIn(text))
    if (!other.test(attributes) && start > (parts.at(-1)?.[1] ?? -1)) parts.push([start, end])
  let blanked = ''
  let at = 0
  for (const [start, end] of parts) {
    blanked += `${blank(text.slice(at, start))}${text.slice(start, end)}`
    at = end
  }
  return blanked + blank(text.slice(at))
}

interface ScriptElement {
  readonly attributes: string
  /** Of what is between its tags. */
  readonly start: number
  readonly end: number
}

/** By hand, as what a pattern would have to go back over grows with the square of a file that closes nothing. */
function* elementsIn(text: string): Generator<ScriptElement> {
  const opening = /<script\b/gi
  const closing = /<\/script\s*>/gi
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const start = endOfTag(text, opening.lastIndex)
    closing.lastIndex = start
    const closed = start < 0 ? null : closing.exec(text)
    if (closed === null) return
    yield { attributes: text.slice(opening.lastIndex, start - 1), start, end: closed.index }
    opening.lastIndex = closing.lastIndex
  }
}

/** Behind the `>` that is in no quotes; -1 if there is none. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '>') return at + 1
    else if (character === '"' || character === "'") quote = character
  }
  return -1
}

/** Of the same length and lines; a semicolon keeps scripts apart. */
function blank(text: string): string {
  const spaces = text.replace(/[^\r\n\u2028\u2029]/g, ' ')
  return spaces.startsWith(' ') ? `;${spaces.slice(1)}` : spaces
}
