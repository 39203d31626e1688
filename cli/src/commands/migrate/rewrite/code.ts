import { literal } from 'polypool/internal'
import type { Carried, Line } from './carry.ts'
import { quoted, type Style } from './style.ts'

const widest = 100

/** Where an object is to stand: the indentation of its line, and whether it may be on one line. */
export interface Where {
  readonly indent: string
  readonly oneLine: boolean
}

/** The config as an object literal; empty if it says nothing. */
export function configCode({ config }: Carried, style: Style, where: Where): string {
  const lines = config.map((line): Line => {
    const code = 'field' in line ? (line.code ?? `${line.field}: ${valueCode(line.value, style)}`) : undefined
    return { ...(code === undefined ? {} : { code }), before: line.before, after: line.after }
  })
  return objectCode(lines, style, where)
}

function valueCode(value: unknown, style: Style): string {
  if (typeof value === 'string') return quoted(value, style)
  return literal(value)
}

/** Properties as an object literal, with their comments. */
export function objectCode(lines: readonly Line[], style: Style, { indent, oneLine }: Where): string {
  if (lines.length === 0) return ''
  const hasComments = lines.some(({ before, after }) => before.length > 0 || after !== '')
  const codes = lines.flatMap(({ code }) => code ?? [])
  const short = `{ ${codes.join(', ')} }`
  if (oneLine && !hasComments && indent.length + short.length <= widest) return short
  const inner = indent + style.indent
  const rows = lines.flatMap(({ before, code, after }) => [
    ...before.map((text) => inner + text),
    ...(code === undefined ? [] : [`${inner}${code},${after === '' ? '' : ` ${after}`}`]),
  ])
  return ['{', ...rows, `${indent}}`].join(style.newline)
}
