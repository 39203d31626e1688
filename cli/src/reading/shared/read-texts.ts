import { Misuse } from '../../io.ts'
import { readSourceText, type SourceFile } from './collect.ts'
import type { Problem } from './problems.ts'

/** A file's text, as it was read. */
export interface SourceText {
  readonly name: string
  readonly text: string
}

/** Reads the texts; named files that can't be read are misuse, all of them at once, and found ones are problems. */
export async function readTexts(files: readonly SourceFile[]): Promise<{ texts: SourceText[]; problems: Problem[] }> {
  const texts: SourceText[] = []
  const problems: Problem[] = []
  const misused: Problem[] = []
  for (const file of files) {
    const text = await readSourceText(file)
    if (typeof text === 'string') texts.push({ name: file.name, text })
    else if (text) (file.named ? misused : problems).push(text)
  }
  if (misused.length > 0)
    throw new Misuse(misused.map(({ file, message }) => `${file}: ${message}`).join('\n'), { problems: misused })
  return { texts, problems }
}
