import { extname } from 'node:path'
import { type Comment, type ParserOptions, type Program, parseSync } from 'oxc-parser'
import { javascriptLineBreaks, Positions } from 'polypool/internal'
import type { Problem } from '../shared/problems.ts'

export interface Parsed {
  readonly file: string
  readonly text: string
  readonly positions: Positions
  readonly program: Program
  readonly comments: readonly Comment[]
}

type Lang = NonNullable<ParserOptions['lang']>

// A .js file may hold JSX, and in some projects types. Text from stdin may be any of them.
const langs: { readonly [extension: string]: readonly [Lang, ...Lang[]] } = {
  '.ts': ['ts'],
  '.mts': ['ts'],
  '.cts': ['ts'],
  '.tsx': ['tsx'],
}
const anyJs: readonly [Lang, ...Lang[]] = ['jsx', 'tsx', 'ts']

/** The syntax tree of a source text, or what is wrong with the text. */
export function parse(file: string, text: string): Parsed | Problem {
  const positions = new Positions(text, javascriptLineBreaks)
  const extension = extname(file)
  const sourceType = extension === '.cjs' || extension === '.cts' ? 'commonjs' : 'unambiguous'
  let first: { readonly message: string; readonly start: number } | undefined
  for (const lang of langs[extension] ?? anyJs) {
    const result = parseSync(file, text, { lang, sourceType, preserveParens: false })
    const error = result.errors.find(({ severity }) => severity === 'Error')
    if (error === undefined) return { file, text, positions, program: result.program, comments: result.comments }
    first ??= { message: error.message, start: error.labels[0]?.start ?? 0 }
  }
  return { file, ...positions.at(first?.start ?? 0), message: `syntax error: ${first?.message ?? 'unknown'}` }
}
