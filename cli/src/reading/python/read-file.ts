import { PyEvaluator } from './evaluate.ts'
import { mentionsLibrary } from './known-callables.ts'
import { moduleOf } from './module.ts'
import { type PythonProblem, parsePython } from './parse.ts'
import type { PythonPlace } from './place.ts'
import { pythonPlacesIn } from './places.ts'
import type { PyNode } from './syntax.ts'

/** What one file says. */
export interface PythonFile {
  readonly file: string
  readonly places: readonly PythonPlace[]
  readonly problems: readonly PythonProblem[]
  at(node: PyNode): { line: number; column: number }
  textOf(node: PyNode): string
}

/** Reads one text. Never throws for anything that is in it. Where no library is named there is nothing to find, and it is not parsed. */
export function readPython(file: string, text: string): PythonFile {
  if (!mentionsLibrary(text)) return { file, places: [], problems: [], at: () => ({ line: 1, column: 1 }), textOf: () => '' }
  const { blocks, positions, problems } = parsePython(file, text)
  const textOf = (node: PyNode) => text.slice(node.from, node.to)
  const modules = blocks.map((block) => moduleOf(block, textOf))
  const { places, rest } = pythonPlacesIn(modules, new PyEvaluator(text, modules))
  const unread = rest && { file, ...positions.at(rest.from), message: 'too many places: the file is not read from here on' }
  return {
    file,
    places,
    problems: unread ? [...problems, unread] : problems,
    at: ({ from }) => positions.at(from),
    textOf,
  }
}
