import type { Node } from 'oxc-parser'
import { isSecretName, redacted, secretPart, secretText } from '../shared/secrets.ts'
import { bare, keyName, memberName } from './nodes.ts'

/** Calls whose argument says where a secret is kept, and is none itself. */
const lookUp = /^(?:read|load|get|fetch|open|env)|^(?:require|resolve|join|URL)$/i
const looksUp = /\b(?:(?:read|load|get|fetch|open|env)\w*|require|resolve|join|URL)\s*\(|\benv\b/i

// Of the same length in the masked text, so that offsets stay; no source has it by itself.
const mask = '\uE0A0'

/** A source whose secrets are masked: `slice` gives any part of it as it may be shown. */
export class MaskedText {
  readonly #text: string
  /** Where secrets start, in order. */
  readonly #starts: readonly number[]

  /** @param nodes of the whole source, parents before children and in its order */
  constructor(text: string, nodes: Iterable<Node>) {
    const parts: string[] = []
    const starts: number[] = []
    let done = 0
    for (const [start, end] of secretsIn(nodes, text)) {
      if (start < done) continue
      parts.push(text.slice(done, start), mask.repeat(end - start))
      starts.push(start)
      done = end
    }
    this.#text = done === 0 ? text : parts.join('') + text.slice(done)
    this.#starts = starts
  }

  slice(start: number, end: number): string {
    const part = this.#text.slice(start, end)
    // Most parts hold no secret; looking for masks in each would take quadratic time where they nest.
    return this.#holdsSecret(start, end) ? part.replace(/\uE0A0+/g, redacted) : part
  }

  #holdsSecret(start: number, end: number): boolean {
    let [low, high] = [0, this.#starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1
      else high = middle
    }
    return (this.#starts[low] ?? end) < end
  }
}

function* secretsIn(nodes: Iterable<Node>, text: string): Generator<readonly [start: number, end: number]> {
  let secretUntil = 0
  let keptUntil = 0
  for (const node of nodes) {
    const secret = secretBelow(node)
    if (secret) {
      secretUntil = Math.max(secretUntil, secret.end)
      keptUntil = 0
    }
    if (node.end <= secretUntil && isLookUp(node)) keptUntil = Math.max(keptUntil, node.end)
    const isText = (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateElement'
    if (!isText) continue
    const { start, end } = inner(node)
    if (node.end <= secretUntil && node.start >= keptUntil) {
      if (end > start) yield [start, end]
    } else {
      const content = text.slice(start, end)
      if (secretText.test(content)) yield [start, end]
      else
        for (const { 0: found, index } of content.matchAll(secretPart))
          if (found !== '') yield [start + index, start + index + found.length]
    }
  }
}

/** What a node puts under a secret name. */
function secretBelow(node: Node): Node | undefined {
  switch (node.type) {
    case 'Property': {
      const name = keyName(node.key, node.computed)
      return name !== undefined && isSecretName(name) ? node.value : undefined
    }
    case 'VariableDeclarator':
      return node.init && node.id.type === 'Identifier' && isSecretName(node.id.name) ? node.init : undefined
    case 'AssignmentExpression': {
      const left = bare(node.left)
      const name = left.type === 'Identifier' ? left.name : left.type === 'MemberExpression' ? memberName(left) : undefined
      return name !== undefined && isSecretName(name) ? node.right : undefined
    }
    default:
      return undefined
  }
}

function isLookUp(node: Node): boolean {
  if (node.type === 'MemberExpression') return node.computed && bare(node.property).type === 'Literal'
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const callee = bare(node.callee)
  const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? memberName(callee) : undefined
  return name !== undefined && lookUp.test(name)
}

/** Between the quotes; an element of a template has none of its own. */
function inner({ type, start, end }: Node): { readonly start: number; readonly end: number } {
  return type === 'Literal' ? { start: start + 1, end: end - 1 } : { start, end }
}

/** A piece of source whose texts are redacted, unless they say where to look. */
export function withoutTexts(source: string): string {
  if (looksUp.test(source)) return source
  return source.replace(/'(?:[^'\\]|\\.|\\$)+(?:'|$)|"(?:[^"\\]|\\.|\\$)+(?:"|$)|`(?:[^`\\]|\\.|\\$)+(?:`|$)/gs, `'${redacted}'`)
}
