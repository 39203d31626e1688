import { stripVTControlCharacters, styleText } from 'node:util'
import type { Command } from 'commander'
import type { Io } from './io.ts'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Functions that colour a text, or give it back as it is where there is no terminal. */
export type Colors = { readonly [S in Style]: (text: string) => string } & { readonly enabled: boolean }

/** Colours only on a terminal, and not where NO_COLOR is set. */
export function colorsFor({ isTTY, env }: Io): Colors {
  const enabled = isTTY && !env.NO_COLOR && env.TERM !== 'dumb'
  // The stream's own opinion is not asked: it would be that of the process, not of the Io.
  const style = (format: Style) => (text: string) => (enabled ? styleText(format, text, { validateStream: false }) : text)
  return {
    enabled,
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  }
}

/** A column: its head, and on a terminal its share of the width where lines must wrap. */
export interface Column {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** Takes what width is left and wraps; without it, a column is as wide as its widest cell. */
  readonly wrap?: boolean
}

/** A box on a terminal that is wide enough; elsewhere plain columns, which survive logs and pipes. Ends with a line break. */
export async function table(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<string> {
  return (io.isTTY && (await boxed(io, columns, rows))) || plain(columns, rows)
}

/** Undefined if the terminal is too narrow: boxes that wrap can't be read. */
async function boxed(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<string | undefined> {
  const { default: Table } = await import('cli-table3')
  const { bold } = colorsFor(io)
  const natural = columns.map(({ head }, index) => Math.max(...[head, ...rows.map((row) => row[index] ?? '')].map(widthOf)) + 2)
  const wrapping = columns.filter(({ wrap }) => wrap).length
  const fixed = natural.reduce((sum, width, index) => sum + (columns[index]?.wrap ? 0 : width), columns.length + 1)
  const share = Math.floor((io.columns - fixed) / Math.max(1, wrapping))
  if (share < (wrapping > 0 ? 20 : 0)) return undefined
  const box = new Table({
    head: columns.map(({ head }) => bold(head)),
    style: { head: [], border: [], compact: true },
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: columns.map(({ wrap }, index) => (wrap ? Math.min(share, natural[index] ?? share) : (natural[index] ?? null))),
    wordWrap: true,
  })
  box.push(...rows.map((row) => [...row]))
  return `${box.toString()}\n`
}

function plain(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ head }) => head), ...rows].map((line) => line.map((cell) => cell.replaceAll('\n', ' ')))
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))))
  const format = (line: readonly string[]) =>
    columns
      .map(({ align = 'left' }, index) => {
        const cell = line[index] ?? ''
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)))
        return align === 'right' ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  return `${lines.map(format).join('\n')}\n`
}

function widthOf(cell: string): number {
  return Math.max(
    ...stripVTControlCharacters(cell)
      .split('\n')
      .map((line) => line.length),
  )
}

/** One JSON document, ended by a line break. Unlimited is written as in a config file, since JSON has no Infinity. */
export function toJson(value: unknown): string {
  const plainly = (_key: string, part: unknown) => (part === Number.POSITIVE_INFINITY ? 'unlimited' : part)
  return `${JSON.stringify(value, plainly, 2)}\n`
}

/** A text from outside (a file, an argument) that is safe to show on a terminal: control characters become visible. */
export function printable(text: string): string {
  return text.replace(/(?![\t\n])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0)
    return `\\x${code.toString(16).padStart(2, '0')}`
  })
}

/** Appends examples to a command's help: the command line, and what it is for. */
export function examples<C extends Command>(command: C, lines: readonly (readonly [line: string, purpose: string])[]): C {
  const width = Math.max(...lines.map(([line]) => line.length))
  const text = lines.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`.trimEnd()).join('\n')
  command.addHelpText('after', `\nExamples:\n${text}`)
  return command
}
