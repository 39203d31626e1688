import { parse, TomlError } from 'smol-toml'
import type { Path } from '../paths.ts'
import { type Document, deepest, type Fault, nestedTooDeep, notFinite, SyntaxFault, setOwn, wordsOf } from './document.ts'
import { locateToml } from './toml-places.ts'

/** TOML 1.1. */
export function parseToml(text: string): Document {
  const value = parseText(text)
  if (isDeep(value)) throw new SyntaxFault([nestedTooDeep])
  const places = locateToml(text)
  const faults: Fault[] = []
  forbidEndless(value, [], (path, number) => faults.push(notFinite(path, places.find(path, 'value'), number)))
  return { value, places, faults }
}

/** Reports `inf` and `nan`, and takes them out. */
function forbidEndless(value: unknown, path: Path, report: (path: Path, number: number) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, key]
    if (typeof part !== 'number' || Number.isFinite(part)) forbidEndless(part, at, report)
    else {
      report(at, part)
      setOwn(value, key, undefined)
    }
  }
}

function parseText(text: string): unknown {
  try {
    return parse(text, { maxDepth: deepest })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { message, line, column } = error
    const [first = ''] = message.replace('Invalid TOML document: ', '').split('\n')
    const problem = `this is not valid TOML: ${wordsOf(first)}`
    throw new SyntaxFault([{ place: { line, column }, problem, fix: 'look at this place and just before it' }])
  }
}

/** Dotted keys nest without brackets, so the parser's own bound does not see them. */
function isDeep(root: unknown): boolean {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return false
}
