import { longestHost } from '../../src/config/hosts.ts'
import { upTo } from './digits.ts'

/**
 * What `readHostKey` takes, for the JSON schema: exactly that as long as the key is plain ASCII. Which other letters a name may have,
 * and what may follow `xn--`, no expression says.
 */
export function hostKeyPattern(): string {
  return `^(?:${origins()}|${suffixes()})$`
}

const end = '\\.?(?::|$)'
// Everything but the ASCII characters that no label has.
const label = '[^\\x00-\\x2c.\\x2f:-@\\x5b-\\x5e`\\x7b-\\x7f]{1,63}'
const numeric = '(?:\\d+|0[Xx][\\dA-Fa-f]*)'
const name = `(?!(?:[^.:]+\\.)*${numeric}${end})${label}(?:\\.${label})*\\.?`

function origins(): string {
  const host = `(?!\\d+${end})(?!__[Pp][Rr][Oo][Tt][Oo]__${end})(?=[^:]{1,${longestHost}}${end})(?:${name}|${ipv4()}\\.?)`
  const port = `:(?=\\d{1,5}$)(?!0+$)0*${upTo('65535')}`
  return `(?:[Hh][Tt][Tt][Pp][Ss]?://)?(?:${host}|\\[${ipv6()}\\])(?:${port})?`
}

function suffixes(): string {
  // It is read with "a." in front.
  return `\\*\\.(?=[^:]{1,${longestHost - 2}}${end})${name}`
}

/** One to four numbers in decimal, octal or hexadecimal; the last one stands for all bytes that are left. */
function ipv4(): string {
  const number = (limit: number, octal: string, hex: number) => {
    return `(?:${upTo(String(limit))}|0(?:0*${octal})?|0[Xx]0*[\\dA-Fa-f]{0,${hex}})`
  }
  const byte = number(255, '[0-3]?[0-7]{1,2}', 2)
  const last = [
    number(2 ** 32 - 1, '[0-3]?[0-7]{1,10}', 8),
    number(2 ** 24 - 1, '[0-7]{1,8}', 6),
    number(2 ** 16 - 1, '[01]?[0-7]{1,5}', 4),
    byte,
  ]
  return `(?:${last.map((number, before) => `(?:${byte}\\.){${before}}${number}`).join('|')})`
}

function ipv6(): string {
  const piece = '[\\dA-Fa-f]{1,4}'
  const end = `(?:${piece}:${piece}|${upTo('255')}(?:\\.${upTo('255')}){3})`
  const upToPieces = (most: number) => (most === 0 ? '' : `(?:(?:${piece}:){0,${most - 1}}${piece})?`)
  const shortened = [5, 4, 3, 2, 1, 0].map((after) => `${upToPieces(5 - after)}::(?:${piece}:){${after}}${end}`)
  return `(?:(?:${piece}:){6}${end}|${[...shortened, `${upToPieces(6)}::${piece}`, `${upToPieces(7)}::`].join('|')})`
}
