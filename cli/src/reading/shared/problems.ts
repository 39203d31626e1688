import type { Position } from 'polypool/internal'

/** Something that kept a file from being read. */
export interface Problem extends Partial<Position> {
  readonly file: string
  readonly message: string
}

export const tooDeep = 'nested too deeply to be read'

export function showProblem({ file, line, column, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}`
}
