import type { Node } from 'oxc-parser'
import { isSecretName, redacted, secretPart, secretText } from '../shared/secrets.ts'
import type { Binding } from './bindings.ts'
import { bare, type Call, childrenOf, isFunction, keyName, memberName } from './nodes.ts'
import type { Scopes } from './scope.ts'

/** Calls whose argument says where a secret is kept, and is none itself. */
const lookUp = /^(?:read|load|get|fetch|open|env)|^(?:require|resolve|join|URL)$/i

/** Methods of texts and buffers whose arguments say how, and not what. */
const shaping =
  /^(?:toString|replace|replaceAll|split|join|trim\w*|slice|substring|substr|pad(?:Start|End)|(?:starts|ends)With|includes|indexOf|match|test|at|normalize|to(?:Upper|Lower)Case)$/

/** Names of encodings, of schemes that credentials begin with, and signs between parts: none of them is a secret. */
const noSecret =
  /^(?:base64(?:url)?|utf-?8|utf-?16le|ucs-?2|hex|ascii|latin1|binary|(?:Bearer|Basic|Digest|Token|ApiKey)\s*|[\s\p{P}\p{S}]{1,3})$/iu

// Of the same length in the masked text, so that offsets stay; no source has it by itself.
const mask = '\uE0A0'

/** A source whose secrets are masked: `slice` gives any part of it as it may be shown. Code stays code: only texts are replaced. */
export class MaskedText {
  readonly #text: string
  /** Where secrets start, in order. */
  readonly #starts: readonly number[]

  constructor(text: string, scopes: Scopes) {
    const parts: string[] = []
    const starts: number[] = []
    let done = 0
    for (const [start, end] of secretsIn(scopes, text)) {
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

type Range = readonly [start: number, end: number]

/** In order; they may overlap. */
function secretsIn(scopes: Scopes, text: string): Range[] {
  const found: Range[] = []
  const seen = new Set<Node>()
  for (const node of scopes.nodes) {
    const secret = secretBelow(node)
    if (secret) found.push(...textsOf(secret, scopes, seen))
    if (!isText(node)) continue
    const { start, end } = inner(node)
    const content = text.slice(start, end)
    if (secretText.test(content)) found.push([start, end])
    else
      for (const { 0: part, index } of content.matchAll(secretPart))
        if (part !== '') found.push([start + index, start + index + part.length])
  }
  return found.sort((a, b) => a[0] - b[0] || b[1] - a[1])
}

function isText(node: Node): boolean {
  return (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateElement'
}

/** What a node puts under a secret name. */
function secretBelow(node: Node): Node | undefined {
  switch (node.type) {
    case 'Property': {
      const name = keyName(node.key, node.computed)
      return name !== undefined && isSecretName(name) ? node.value : undefined
    }
    case 'PropertyDefinition': {
      const name = keyName(node.key, node.computed)
      return name !== undefined && isSecretName(name) ? (node.value ?? undefined) : undefined
    }
    case 'VariableDeclarator':
      return node.init && node.id.type === 'Identifier' && isSecretName(node.id.name) ? node.init : undefined
    case 'AssignmentPattern':
      return node.left.type === 'Identifier' && isSecretName(node.left.name) ? node.right : undefined
    case 'AssignmentExpression': {
      const left = bare(node.left)
      const name = left.type === 'Identifier' ? left.name : left.type === 'MemberExpression' ? memberName(left) : undefined
      return name !== undefined && isSecretName(name) ? node.right : undefined
    }
    default:
      return undefined
  }
}

/** The texts of an expression that can be what it gives, those of the constants that it names included. */
function textsOf(expression: Node, scopes: Scopes, seen: Set<Node>): Range[] {
  const found: Range[] = []
  const open: (Node | null | undefined)[] = [expression]
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (next == null || seen.has(next)) continue
    seen.add(next)
    const node = bare(next)
    const parts = partsOf(node, scopes)
    if (parts !== undefined) open.push(...parts)
    else if (isText(node)) found.push(...ownText(node))
    else open.push(...childrenOf(node))
  }
  return found
}

function ownText(node: Node): Range[] {
  const { start, end } = inner(node)
  const content = node.type === 'Literal' ? String(node.value) : node.type === 'TemplateElement' ? node.value.raw : ''
  return end === start || noSecret.test(content) ? [] : [[start, end]]
}

/** Of an expression the parts that its value is made of; undefined where that is all of it. */
function partsOf(node: Node, scopes: Scopes): (Node | null | undefined)[] | undefined {
  switch (node.type) {
    case 'ConditionalExpression':
      return [node.consequent, node.alternate]
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right] : []
    case 'Property':
      return [node.value]
    case 'MemberExpression':
      return [node.object]
    case 'CallExpression':
    case 'NewExpression':
      return partsOfCall(node)
    case 'Identifier':
      return valuesOf(scopes.resolve(node.name, node))
    default:
      return undefined
  }
}

function partsOfCall(node: Call): Node[] {
  const callee = bare(node.callee)
  const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : ''
  const object = callee.type === 'MemberExpression' ? [callee.object] : isFunction(callee) ? [callee] : []
  if (lookUp.test(name)) return []
  return shaping.test(name) ? object : [...object, ...node.arguments]
}

/** What a name of the file has been given. */
function valuesOf(binding: Binding | undefined): Node[] {
  if (binding === undefined) return []
  const { source, writes, memberWrites } = binding
  const first = source.from === 'value' ? [source.value] : []
  const later = writes.flatMap((write) => (write.type === 'AssignmentExpression' ? [write.right] : []))
  return [...first, ...later, ...memberWrites.flatMap(({ value }) => value ?? [])]
}

/** Between the quotes; an element of a template has none of its own. */
function inner({ type, start, end }: Node): { readonly start: number; readonly end: number } {
  return type === 'Literal' ? { start: start + 1, end: end - 1 } : { start, end }
}
