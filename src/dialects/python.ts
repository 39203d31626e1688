/** What formatters of Python take as the longest line. */
const longestLine = 88

/** One argument of a call, in Python; without a keyword it goes by position. */
export interface PythonArgument {
  readonly keyword?: string
  readonly code: string
}

/** A value as Python writes it. */
export function pythonLiteral(value: unknown): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value as object)
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}: ${pythonLiteral(one)}`).join(', ')}}`
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Keyword arguments, those that differ from what holds without them. */
export function keywords(
  values: { readonly [keyword: string]: unknown },
  defaults: { readonly [keyword: string]: unknown } = {},
): PythonArgument[] {
  return Object.entries(values)
    .filter(([keyword, value]) => value !== undefined && value !== defaults[keyword])
    .map(([keyword, value]) => ({ keyword, code: pythonLiteral(value) }))
}

/** A call, on one line if it fits: `before` stands in front of it, `after` behind. */
export function call(name: string, args: readonly PythonArgument[], { before = '', after = '' } = {}): string {
  const written = args.map(({ keyword, code }) => (keyword === undefined ? code : `${keyword}=${code}`))
  const line = `${before}${name}(${written.join(', ')})${after}`
  if (line.length <= longestLine) return line
  const indent = ' '.repeat(before.length - before.trimStart().length)
  return [`${before}${name}(`, ...written.map((argument) => `${indent}    ${argument},`), `${indent})${after}`].join('\n')
}

/** Lines of code, without those that are left out. */
export function lines(...parts: readonly (string | false)[]): string {
  return `${parts.filter((part) => part !== false).join('\n')}\n`
}
