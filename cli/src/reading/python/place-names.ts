import type { PyNode } from './syntax.ts'
import { attributeOf, child } from './tree.ts'

/** The variable, attribute or parameter that a value goes into, or else the function that returns it. */
export function nameOf(call: PyNode, textOf: (node: PyNode) => string): string | undefined {
  let inner = call
  for (let outer = call.parent; outer; outer = outer.parent) {
    const { name, children } = outer
    if (name === 'AssignStatement') return targetName(children[0], textOf)
    if (name === 'WithStatement') {
      const next = children[children.indexOf(inner) + 1]
      const target = next?.name === 'as' ? children[children.indexOf(next) + 1] : undefined
      return target && targetName(target, textOf)
    }
    if (name === 'NamedExpression') return targetName(children[0], textOf)
    if (name === 'ReturnStatement' || name === 'YieldStatement') return functionName(outer, textOf)
    if (name === 'ArgList') {
      const at = children.indexOf(inner)
      const wrapper = outer.parent?.children[0]
      // Contexts and subscripts hand on what they get; of any other call this is one argument.
      if (wrapper && /enter_(?:async_)?context$/.test(textOf(wrapper))) inner = outer.parent ?? outer
      else return children[at - 1]?.name === 'AssignOp' ? targetName(children[at - 2], textOf) : undefined
      outer = inner
      continue
    }
    if (name === 'DictionaryExpression') return undefined
    if (name === 'Body' || name === 'Script') return undefined
    inner = outer
  }
  return undefined
}

function targetName(target: PyNode | undefined, textOf: (node: PyNode) => string): string | undefined {
  if (target?.name === 'VariableName') return textOf(target)
  const attribute = target && attributeOf(target)
  return attribute && textOf(attribute.name)
}

/** The class and the function that a call stands in: for what its own name does not say. */
export function namesAround(call: PyNode, textOf: (node: PyNode) => string): string[] {
  let owner: PyNode | undefined
  for (let outer = call.parent; outer && !owner; outer = outer.parent) if (outer.name === 'ClassDefinition') owner = outer
  const name = owner && child(owner, 'VariableName')
  return [name && textOf(name), functionName(call, textOf)].filter((one) => one !== undefined)
}

function functionName(node: PyNode, textOf: (node: PyNode) => string): string | undefined {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (outer.name === 'LambdaExpression') return undefined
    if (outer.name !== 'FunctionDefinition') continue
    const own = child(outer, 'VariableName')
    return own && textOf(own).replace(/^_*(?:get|make|create|build|new)_(?=.)/, '')
  }
  return undefined
}
