const longestShown = 60

/** Any value in at most 60 characters. Runs no code of the value's, and shows nothing of what an object holds. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const quoted = visible(JSON.stringify(withoutCredentials(value).slice(0, longestShown)))
      return quoted.length > longestShown ? `${quoted.slice(0, longestShown - 2)}…"` : quoted
    }
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : isArray(value) ? 'an array' : 'an object'
    default:
      return `a ${typeof value}`
  }
}

/** A name as it is written; what is no word, or longer than 60 characters, is quoted and shortened. */
export function showName(name: string): string {
  return /^[\w$-]{1,60}$/.test(name) ? name : show(name)
}

let unseen: RegExp | undefined

/** A text in which what would steer a terminal, or hide from a reader, is written as an escape. */
export function visible(text: string): string {
  // No literal: V8 checks those when it reads the file, and collects Unicode's classes for that.
  unseen ??= /[\p{Cc}\p{Cf}\u2028\u2029]/gu
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code > 0xffff ? `{${code.toString(16)}}` : code.toString(16).padStart(4, '0')}`
  })
}

/** Whether a control character is in it, Unicode's class Cc. */
export function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}

/** The start of a text that is longer than `most` characters, with `…` for the rest. */
export function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/**
 * A text without the user and password of an URL in it: all up to the last `@`, since a password that somebody forgot to
 * encode may hold `/`, `#`, `?` or `@`. What no scheme leads is cut too: `user:password@host`.
 */
function withoutCredentials(text: string): string {
  const end = text.lastIndexOf('@')
  const head = text.slice(0, Math.max(end, 0))
  if (!head.includes(':') && !head.includes('//')) return text
  const scheme = /^[a-z][\w+.-]{0,20}:\/\//i.exec(head)?.[0] ?? ''
  return `${scheme}…${text.slice(end)}`
}

/** `Array.isArray` without its exception for a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
