import { type Io, Misuse } from '../../io.ts'
import { printable } from '../../output.ts'
import { progressOn } from '../../progress.ts'
import { type Problem, showProblem } from '../shared/problems.ts'
import type { SourceText } from '../shared/read-texts.ts'
import { mention } from './clients.ts'
import { SourceReader } from './reader.ts'

/** Long enough that one wonders whether it still works. */
const manyFiles = 200

/**
 * What is found in all the sources, in their order. What can't be parsed is a problem, and does not stop the rest.
 *
 * @param texts looked at one by one; those that name no client are not read any further
 * @param total how many there are, for who waits
 * @param worker the module that finds it, in a process of its own: see `SourceReader`
 */
export async function readSources<Task, Found>(
  texts: Iterable<SourceText>,
  total: number,
  worker: URL,
  taskFor: (name: string) => Task | Promise<Task>,
  io: Io,
): Promise<{ found: Found[]; problems: Problem[] /** How many texts there were. */; files: number }> {
  await using reader = new SourceReader<Task, Found>(worker)
  const progress = progressOn(io)
  const found: Found[] = []
  const problems: Problem[] = []
  let files = 0
  for (const { name, text } of texts) {
    const line = `reading ${files + 1} of ${total}: ${printable(name)}`
    if (total > manyFiles && files % manyFiles === 0) progress.part(line)
    else progress.step(line)
    files++
    if (!mention.test(text)) continue
    const reading = await reader.read(name, text, await taskFor(name))
    found.push(...reading.found)
    if (reading.problem) problems.push(reading.problem)
  }
  progress.stop()
  if (files > 0 && problems.length === files) throw new Misuse(problems.map(showProblem).join('\n'), { problems })
  return { found, problems, files }
}
