import { parse, TomlError } from 'smol-toml'
import { clip, type Document, deepest, SyntaxFault, tooDeep } from './document.ts'
import { locateToml } from './toml-places.ts'

/** TOML 1.1. */
export function parseToml(text: string): Document {
  const value = parseText(text)
  if (isDeep(value)) throw new SyntaxFault([tooDeep])
  return { value, places: locateToml(text), faults: [] }
}

function parseText(text: string): unknown {
  try {
    return parse(text, { maxDepth: deepest })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { message, line, column } = error
    const [first = ''] = message.replace('Invalid TOML document: ', '').split('\n')
    const problem = `this is not valid TOML: ${clip(first)}`
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
