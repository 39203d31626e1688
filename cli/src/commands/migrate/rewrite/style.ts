/** How a file is written, for what is written into it. */
export interface Style {
  readonly quote: "'" | '"'
  readonly semicolon: ';' | ''
  /** One step of indentation. */
  readonly indent: string
  readonly newline: '\n' | '\r\n'
}

/** By what most of the file does. */
export function styleOf(text: string): Style {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  const single = count(/'[^'"\n]*'/g)
  const double = count(/"[^'"\n]*"/g)
  const lines = count(/[\w)\]}'"`][ \t]*$/gm)
  const steps = text.match(/^(?:\t|[ ]{2,8}(?=\S))/gm) ?? []
  return {
    quote: double > single ? '"' : "'",
    semicolon: count(/;[ \t]*(?:\/\/.*)?\r?$/gm) * 3 > lines ? ';' : '',
    indent: shortest(steps),
    newline: text.includes('\r\n') ? '\r\n' : '\n',
  }
}

function shortest(steps: readonly string[]): string {
  const tabs = steps.filter((step) => step === '\t').length
  if (tabs * 2 > steps.length) return '\t'
  const spaces = steps.filter((step) => step !== '\t').map(({ length }) => length)
  return ' '.repeat(spaces.length === 0 ? 2 : Math.min(...spaces))
}

export function quoted(text: string, { quote }: Style): string {
  const inner = JSON.stringify(text).slice(1, -1)
  return quote === '"' ? `"${inner}"` : `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** The indentation of the line that an offset is in. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}
