import { Misuse } from '../../io.ts'
import { readSourceText, type SourceFile } from './collect.ts'
import type { Problem } from './problems.ts'

/** A file's text, as it was read. */
export interface SourceText {
  readonly name: string
  readonly text: string
}

/**
 * Reads the texts, each when it is asked for: a whole code base is never held at a time.
 * @param problems takes what kept found files from being read
 * @throws Misuse at the end, with all of them, for named files that can't be read
 */
export function* readTexts(files: readonly SourceFile[], problems: Problem[]): Generator<SourceText> {
  const misused: Problem[] = []
  for (const file of files) {
    const text = readSourceText(file)
    if (typeof text === 'string') yield { name: file.name, text }
    else if (text) (file.named ? misused : problems).push(text)
  }
  if (misused.length > 0)
    throw new Misuse(misused.map(({ file, message }) => `${file}: ${message}`).join('\n'), { problems: misused })
}
