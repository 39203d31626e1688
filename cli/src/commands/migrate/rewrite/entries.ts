import type { Node } from 'oxc-parser'
import type { Model } from '../../../reading/javascript/model.ts'
import { bare, keyName } from '../../../reading/javascript/nodes.ts'
import type { Value } from '../../../reading/javascript/values.ts'

export type ObjectNode = Extract<Node, { type: 'ObjectExpression' }>

/** One option as it stands in the source, with the comments that belong to it. */
export interface Entry {
  /** Undefined of a spread. */
  readonly name: string | undefined
  /** The property as a whole. */
  readonly raw: string
  /** The expression that it has its value from. */
  readonly expression: string
  /** The same without secrets. */
  readonly shown: string
  readonly node: Node
  readonly value: Value
  /** What is in it, of `connect`. */
  readonly inner?: Entries | Left
  readonly before: readonly string[]
  readonly after: string
}

export interface Entries {
  readonly list: readonly Entry[]
  /** Comments behind the last one. */
  readonly rest: readonly string[]
}

/** Why something is left as it is. */
export interface Left {
  readonly reason: string
  /** Where it stands that is in the way. */
  readonly at?: Node
}

export function isLeft(value: object): value is Left {
  return 'reason' in value
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** The options of an object literal, or what of it can't be carried over. */
export function entriesOf(object: ObjectNode, model: Model): Entries | Left {
  const { text } = model
  const list: Entry[] = []
  let before = commentsIn(text.slice(object.start + 1, object.properties[0]?.start ?? object.end - 1))
  for (const [index, property] of object.properties.entries()) {
    const next = object.properties[index + 1]
    const gap = text.slice(property.end, next?.start ?? object.end - 1)
    const line = gap.search(/\n|$/)
    const [after = '', ...more] = commentsIn(gap.slice(0, line))
    const entry = entryOf(property, model)
    if (isLeft(entry)) return entry
    list.push({ ...entry, before: [...before, ...more], after })
    before = commentsIn(gap.slice(line))
  }
  return { list, rest: before }
}

function commentsIn(gap: string): string[] {
  return (gap.match(comment) ?? []).map((one) => one.trim())
}

type Bare = Pick<Entry, 'name' | 'raw' | 'expression' | 'shown' | 'node' | 'value' | 'inner'>

function entryOf(property: ObjectNode['properties'][number], model: Model): Bare | Left {
  const { text, evaluator } = model
  const raw = text.slice(property.start, property.end)
  if (property.type === 'SpreadElement') {
    const { argument } = property
    const value = evaluator.spreadValue(argument)
    return {
      name: undefined,
      raw,
      expression: text.slice(argument.start, argument.end),
      shown: evaluator.sourceOf(argument),
      node: property,
      value,
    }
  }
  const name = keyName(property.key, property.computed)
  if (name === undefined) return { reason: 'the name of an option is computed', at: property }
  if (property.kind !== 'init') return { reason: `${name} is a getter or setter`, at: property }
  const { value: node } = property
  const object = bare(node)
  const inner = name === 'connect' && object.type === 'ObjectExpression' ? { inner: entriesOf(object, model) } : {}
  return {
    name,
    raw,
    expression: text.slice(node.start, node.end),
    shown: evaluator.sourceOf(node),
    node,
    value: evaluator.evaluate(object),
    ...inner,
  }
}
