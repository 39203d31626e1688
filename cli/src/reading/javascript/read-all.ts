import type { Io } from '../../io.ts'
import { Misuse } from '../../io.ts'
import { printable } from '../../output.ts'
import { progressOn } from '../../progress.ts'
import { readSourceText, type SourceFile } from './collect.ts'
import type { Problem } from './problems.ts'
import type { FileReading, Task } from './read-file.ts'
import { SourceReader } from './reader.ts'

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

/** Long enough that one wonders whether it still works. */
const manyFiles = 200

/** What all the sources say, in their order. What can't be parsed is a problem, and does not stop the rest. */
export async function readSources(
  texts: readonly SourceText[],
  taskFor: (name: string) => Task | Promise<Task>,
  io: Io,
): Promise<{ readings: FileReading[]; problems: Problem[] }> {
  await using reader = new SourceReader()
  const progress = progressOn(io)
  const readings: FileReading[] = []
  for (const [index, { name, text }] of texts.entries()) {
    const line = `reading ${index + 1} of ${texts.length}: ${printable(name)}`
    if (texts.length > manyFiles && index % manyFiles === 0) progress.part(line)
    else progress.step(line)
    readings.push(await reader.read(name, text, await taskFor(name)))
  }
  progress.stop()
  const problems = readings.flatMap(({ problem }) => problem ?? [])
  if (texts.length > 0 && problems.length === texts.length) {
    throw new Misuse(problems.map(showProblem).join('\n'), { problems })
  }
  return { readings, problems }
}

export function showProblem({ file, line, column, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}`
}
