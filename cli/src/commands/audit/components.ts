import { extname } from 'node:path'

/** Files of which only a part is a script. */
export const componentExtensions = ['vue', 'svelte', 'astro'] as const

export function isComponent(file: string): boolean {
  return (componentExtensions as readonly string[]).includes(extname(file).slice(1))
}

const scripts = /<script\b((?:"[^"]*"|'[^']*'|[^>"'])*)>([\s\S]*?)<\/script\s*>/gi
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
  for (const { index, 1: attributes = '', 2: content = '' } of text.matchAll(scripts)) {
    const start = index + '<script'.length + attributes.length + 1
    if (!other.test(attributes) && start > (parts.at(-1)?.[1] ?? -1)) parts.push([start, start + content.length])
  }
  let blanked = ''
  let at = 0
  for (const [start, end] of parts) {
    blanked += `${blank(text.slice(at, start))}${text.slice(start, end)}`
    at = end
  }
  return blanked + blank(text.slice(at))
}

/** Of the same length and lines; a semicolon keeps scripts apart. */
function blank(text: string): string {
  const spaces = text.replace(/[^\r\n\u2028\u2029]/g, ' ')
  return spaces.startsWith(' ') ? `;${spaces.slice(1)}` : spaces
}
