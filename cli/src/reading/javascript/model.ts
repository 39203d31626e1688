import type { Comment, Node } from 'oxc-parser'
import type { Position } from 'polypool/internal'
import type { Problem } from '../shared/problems.ts'
import { type Creation, creations, mention, type Sending, sendings } from './clients.ts'
import { Evaluator } from './evaluate.ts'
import { bare, type Call } from './nodes.ts'
import { type Parsed, parse } from './parse.ts'
import { Scopes } from './scope.ts'
import type { Made, Value } from './values.ts'

export interface Creating {
  readonly node: Call
  readonly creation: Creation
  readonly made: Made
  /** It is made by a class of the file that extends the client's: how it differs is not looked at. */
  readonly isSubclass?: true
}

interface Sent {
  readonly node: Call
  readonly sending: Sending
  /** Undefined where the call has none; unknown where it may have some. */
  readonly options: Value | undefined
}

/** A file as its HTTP clients see it: where agents and clients are made, and where requests are sent. */
export interface Model {
  readonly file: string
  readonly text: string
  readonly scopes: Scopes
  readonly evaluator: Evaluator
  readonly created: readonly Creating[]
  readonly sent: readonly Sent[]
  readonly comments: readonly Comment[]
  at(node: { start: number }): Position
}

/** The model of a source text, or what kept it from being read; undefined if it can't concern any client. */
export function modelOf(file: string, text: string): Model | Problem | undefined {
  if (!mention.test(text)) return undefined
  const parsed = parse(file, text)
  return 'message' in parsed ? parsed : analyse(parsed)
}

function analyse({ file, text, positions, program, comments }: Parsed): Model {
  const scopes = new Scopes(program)
  const evaluator = new Evaluator(scopes, text)
  const created: Creating[] = []
  const sent: Sent[] = []
  for (const node of scopes.nodes) {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue
    const key = evaluator.references.of(node.callee)
    if (key === undefined) {
      const creating = subclassed(node, evaluator)
      if (creating) created.push(creating)
      continue
    }
    const creation = Object.hasOwn(creations, key) ? creations[key] : undefined
    if (creation) {
      const made = evaluator.made(node)
      if (made.kind === 'made') created.push({ node, creation, made })
    }
    const sending = Object.hasOwn(sendings, key) ? sendings[key] : undefined
    if (sending) sent.push({ node, sending, options: optionsOf(node, sending, evaluator) })
  }
  return { file, text, scopes, evaluator, created, sent, comments, at: ({ start }) => positions.at(start) }
}

function subclassed(node: Call, evaluator: Evaluator): Creating | undefined {
  const found = evaluator.references.subclassOf(node)
  const creation = found && creations[found.key]
  if (!creation) return undefined
  const hasConstructor = found.own.body.body.some((part) => part.type === 'MethodDefinition' && part.kind === 'constructor')
  return { node, creation, made: evaluator.madeBy(node, found.key, hasConstructor), isSubclass: true }
}

/** The first argument that is an object; without one, an argument that may be one. */
function optionsOf(node: Call, { options }: Sending, evaluator: Evaluator): Value | undefined {
  let doubtful: Value | undefined
  for (const index of options) {
    const argument = node.arguments[index]
    if (argument === undefined) continue
    if (argument.type === 'SpreadElement') return { kind: 'unknown', source: evaluator.sourceOf(argument), size: 1 }
    const value = evaluator.evaluate(argument)
    if (value.kind === 'fields') return value
    // The first argument is the URL more often than not: only an object there would be options.
    if (value.kind === 'unknown' && index > 0 && !isCallback(argument)) doubtful ??= value
  }
  return doubtful
}

function isCallback(node: Node): boolean {
  const { type } = bare(node)
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression'
}
