import { type Io, Misuse } from '../../io.ts'
import { printable } from '../../output.ts'
import { progressOn } from '../../progress.ts'
import { type Problem, showProblem } from '../shared/problems.ts'
import type { SourceText } from '../shared/read-texts.ts'
import type { FileReading } from './read-file.ts'
import { SourceReader } from './reader.ts'

/** Long enough that one wonders whether it still works. */
const manyFiles = 200

/**
 * What is found in all the sources, in their order. What can't be parsed is a problem, and does not stop the rest.
 *
 * @param worker the module that finds it, in a process of its own: see `SourceReader`
 */
export async function readSources<Task, Found>(
  texts: readonly SourceText[],
  worker: URL,
  taskFor: (name: string) => Task | Promise<Task>,
  io: Io,
): Promise<{ found: Found[]; problems: Problem[] }> {
  await using reader = new SourceReader<Task, Found>(worker)
  const progress = progressOn(io)
  const readings: FileReading<Found>[] = []
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
  return { found: readings.flatMap(({ found }) => found), problems }
}
