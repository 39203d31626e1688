import type { DefinitionSource, PyNode, Scope } from './syntax.ts'
import { child, split, unparenthesized } from './tree.ts'

type TextOf = (node: PyNode) => string

/** Adds the names that a node defines. */
export function define(node: PyNode, scope: Scope, inner: Scope | undefined, textOf: TextOf): void {
  const add = (target: PyNode, source: DefinitionSource, end = target.to, where = scope) =>
    where.bind(textOf(target)).definitions.push({ ...source, at: target, end, scope: where })
  const opaque = (targets: readonly PyNode[], where = scope) => {
    for (const target of namesIn(targets)) add(target, { from: 'elsewhere' }, target.to, where)
  }
  const { name, children } = node
  switch (name) {
    case 'ImportStatement':
      defineImports(node, scope, textOf, (target, path) => add(target, { from: 'import', path }, node.to))
      break
    case 'AssignStatement':
      defineAssigned(node, (target, source) => add(target, source, node.to))
      break
    case 'UpdateStatement':
      opaque(children.slice(0, 1))
      break
    case 'NamedExpression': {
      const [target, , value] = children
      if (target?.name === 'VariableName' && value) add(target, { from: 'value', value }, node.to, outOfComprehensions(scope))
      break
    }
    case 'WithStatement':
      defineEntered(children, add)
      break
    case 'ForStatement':
      opaque(
        children.slice(
          0,
          children.findIndex((one) => one.name === 'in'),
        ),
      )
      break
    case 'TryStatement':
    case 'AsPattern':
      for (const [index, one] of children.entries()) if (children[index - 1]?.name === 'as') opaque([one])
      break
    case 'CapturePattern':
    case 'DeleteStatement':
      opaque(children)
      break
    case 'FunctionDefinition': {
      const own = child(node, 'VariableName')
      if (own) add(own, { from: 'elsewhere' })
      if (inner) defineParameters(child(node, 'ParamList'), inner, add)
      break
    }
    case 'LambdaExpression':
      if (inner) defineParameters(child(node, 'ParamList'), inner, add)
      break
    case 'ClassDefinition': {
      const own = child(node, 'VariableName')
      if (own) add(own, { from: 'class', node }, node.to)
      break
    }
    default:
      if (inner) for (const target of loopTargets(children)) opaque([target], inner)
  }
}

type Add = (target: PyNode, source: DefinitionSource, end?: number, where?: Scope) => void

function defineImports(node: PyNode, scope: Scope, textOf: TextOf, add: (target: PyNode, path: readonly string[]) => void): void {
  const at = node.children.findIndex(({ name }) => name === 'import')
  const isFrom = node.children[0]?.name === 'from'
  // A leading dot stays a step of its own: what is relative is never the library.
  const module = node.children.slice(1, Math.max(1, at)).flatMap((one) => (isName(one) || isDots(one) ? [textOf(one)] : []))
  const path = isFrom ? module.flatMap((part, index) => (part === '.' && index > 0 && module[0] !== '.' ? [] : part)) : []
  const names = node.children.slice(at + 1).filter(({ name }) => name !== '(' && name !== ')')
  if (isFrom && names.some(({ name }) => name === '*')) scope.stars.push(path)
  for (const group of split(names, ',')) {
    const as = group.findIndex(({ name }) => name === 'as')
    const dotted = (as < 0 ? group : group.slice(0, as)).filter(isName)
    const [first] = dotted
    const alias = as < 0 ? undefined : group[as + 1]
    if (first === undefined) continue
    // `import a.b` binds `a`; `import a.b as c` binds what it leads to.
    if (alias) add(alias, [...path, ...dotted.map(textOf)])
    else add(first, [...path, textOf(first)])
  }
}

function isName({ name }: PyNode): boolean {
  return name === 'VariableName'
}

function isDots({ name }: PyNode): boolean {
  return name === '.' || name === 'Ellipsis' || name === '...'
}

/** `a = b = value`, `a, b = 1, 2`, `a: int = value` */
function defineAssigned(node: PyNode, add: (target: PyNode, source: DefinitionSource) => void): void {
  const parts = node.children.filter(({ name }) => name !== 'TypeDef')
  const groups = split(parts, 'AssignOp')
  const value = groups.length > 1 ? groups.pop() : undefined
  if (value === undefined) return
  for (const group of groups) {
    const targets = elementsOf(group)
    const values = elementsOf(value)
    const [target] = targets
    if (targets.length === 1 && target && group.length === 1 && target === group[0]) {
      const [only] = value
      if (target.name !== 'VariableName') continue
      const whole = value.length === 1 && only && only.name !== '⚠'
      add(target, whole ? { from: 'value', value: only } : { from: 'elsewhere' })
    } else if (targets.length === values.length && [...targets, ...values].every(({ name }) => name !== '*')) {
      for (const [index, one] of targets.entries()) {
        const given = values[index]
        if (one.name === 'VariableName' && given) add(one, { from: 'value', value: given })
        else for (const name of namesIn([one])) add(name, { from: 'elsewhere' })
      }
    } else for (const name of namesIn(group)) add(name, { from: 'elsewhere' })
  }
}

/** What stands between the commas, also within one pair of parentheses or brackets. */
function elementsOf(group: readonly PyNode[]): readonly PyNode[] {
  const [only] = group
  if (group.length === 1 && only && (only.name === 'TupleExpression' || only.name === 'ArrayExpression')) {
    return elementsOf(only.children.slice(1, -1))
  }
  return group.filter(({ name }) => name !== ',')
}

/** The variables in targets, whatever they are nested in; the objects of `a.b` and `a[b]` are none. */
function namesIn(targets: readonly PyNode[]): PyNode[] {
  const found: PyNode[] = []
  const open = [...targets]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.name === 'VariableName') found.push(node)
    else if (node.name === 'TupleExpression' || node.name === 'ArrayExpression' || node.name === 'ParenthesizedExpression')
      open.push(...node.children)
  }
  return found
}

function defineEntered(children: readonly PyNode[], add: Add): void {
  for (const [index, one] of children.entries()) {
    const [value, as] = [children[index - 2], children[index - 1]]
    if (one.name !== 'VariableName' || as?.name !== 'as' || value === undefined) continue
    add(one, { from: 'value', value: unparenthesized(value), entered: true })
  }
}

function defineParameters(list: PyNode | undefined, inner: Scope, add: Add): void {
  for (const group of split(list?.children.filter(({ name }) => name !== '(' && name !== ')') ?? [], ',')) {
    const target = group.find(isName)
    const at = group.findIndex(({ name }) => name === 'AssignOp')
    const fallback = at < 0 ? undefined : group[at + 1]
    if (target) add(target, { from: 'elsewhere', parameter: true, ...(fallback ? { fallback } : {}) }, target.to, inner)
  }
}

/** Of a comprehension: what stands between `for` and `in`. */
function* loopTargets(children: readonly PyNode[]): Generator<PyNode> {
  let looping = false
  for (const node of children) {
    if (node.name === 'for') looping = true
    else if (node.name === 'in') looping = false
    else if (looping) yield node
  }
}

/** A walrus in a comprehension binds outside of it. */
function outOfComprehensions(scope: Scope): Scope {
  let outer = scope
  while (outer.parent && outer.node.name.endsWith('ComprehensionExpression')) outer = outer.parent
  return outer
}
