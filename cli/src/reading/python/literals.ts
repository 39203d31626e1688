import { known, type PyKnown, type PyUnknown, unknown } from './values.ts'

/** A number as Python writes it; complex ones and integers beyond what a double holds are unknown. */
export function numberFrom(source: string): PyKnown | PyUnknown {
  const text = source.replaceAll('_', '').toLowerCase()
  if (text.endsWith('j') && !text.startsWith('0x')) return unknown
  const value = Number(/^0\d/.test(text) && !/[.e]/.test(text) ? text.replace(/^0+(?=\d)/, '') : text)
  const isInteger = !/[.e]/.test(text) || text.startsWith('0x')
  return isInteger && !Number.isSafeInteger(value) ? unknown : known(value)
}

const escapes: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

/** The content of one string literal; bytes count as text. Named, octal and Unicode escapes are unknown. */
export function stringFrom(source: string): PyKnown | PyUnknown {
  const match = /^([a-zA-Z]*)("""|'''|"|')/.exec(source)
  const [head = '', prefix = '', quote = ''] = match ?? []
  if (match === null || !source.endsWith(quote) || source.length < head.length + quote.length) return unknown
  const content = source.slice(head.length, -quote.length)
  if (/r/i.test(prefix) || !content.includes('\\')) return known(content)
  let readable = true
  const text = content.replace(/\\(?:x([\da-fA-F]{2})|([\s\S]))/g, (whole, hex: string | undefined, letter = '') => {
    if (hex) return String.fromCharCode(Number.parseInt(hex, 16))
    if (/[uUN0-7]/.test(letter)) readable = false
    return escapes[letter] ?? whole
  })
  return readable ? known(text) : unknown
}

/** What Python's `int()` and `float()` make of a text. */
export function parsedNumber(how: 'int' | 'float', text: string): PyKnown | PyUnknown {
  const trimmed = text.trim().replace(/(?<=\d)_(?=\d)/g, '')
  if (how === 'float' && /^\+?inf(inity)?$/i.test(trimmed)) return known(Number.POSITIVE_INFINITY)
  const form = how === 'int' ? /^[+-]?\d{1,15}$/ : /^[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})(e[+-]?\d{1,3})?$/i
  return form.test(trimmed) ? known(Number(trimmed)) : unknown
}

/** What an f-string begins with; all that can be told of it. */
export function startOf(source: string): PyUnknown {
  const [, starts = ''] = /^[a-zA-Z]{1,2}(?:"""|'''|"|')([^{}\\"']{0,100})/.exec(source) ?? []
  return { kind: 'unknown', starts }
}
