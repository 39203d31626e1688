import type { Node } from 'oxc-parser'
import { bare, type FunctionNode, isFunction, keyName } from './nodes.ts'

/** What an imported or destructured name is: the value it comes from, and the way into it. */
export type Source =
  | { readonly from: 'module'; readonly module: string; readonly path: readonly string[] }
  | { readonly from: 'value'; readonly value: Node; readonly path: readonly string[] }
  /** A parameter, a loop variable, a rest element …: only the running program knows. */
  | { readonly from: 'elsewhere' }

export interface Binding {
  readonly name: string
  readonly source: Source
  readonly declaredAt: Node
  /** Assignments after the declaration. */
  readonly writes: Node[]
  readonly memberWrites: { readonly name: string | undefined; readonly value: Node | undefined; readonly at: Node }[]
  readonly uses: Node[]
}

/** Where a name is declared: with `function` as var does, with `block` as let does, `inside` the node itself. */
type Declare = (binding: Binding, target: 'function' | 'block' | 'inside') => void

/**
 * Declares the names that `node` introduces.
 * @param given what a function's first parameter will be, where that can be told
 */
export function bind(node: Node, given: Source, declare: Declare): void {
  const make = (name: string, source: Source): Binding => ({
    name,
    source,
    declaredAt: node,
    writes: [],
    memberWrites: [],
    uses: [],
  })
  switch (node.type) {
    case 'ImportDeclaration':
      if (node.importKind !== 'type') bindImport(node, (name, source) => declare(make(name, source), 'block'))
      break
    case 'TSImportEqualsDeclaration':
      if (node.moduleReference.type === 'TSExternalModuleReference') {
        const { value } = node.moduleReference.expression
        declare(make(node.id.name, { from: 'module', module: value, path: [] }), 'block')
      }
      break
    case 'VariableDeclaration': {
      const target = node.kind === 'var' ? 'function' : 'block'
      for (const { id, init } of node.declarations) {
        const source: Source = init ? { from: 'value', value: init, path: [] } : { from: 'elsewhere' }
        bindPattern(id, source, (name, found) => declare(make(name, found), target))
      }
      break
    }
    case 'CatchClause':
      if (node.param) bindPattern(node.param, { from: 'elsewhere' }, (name, found) => declare(make(name, found), 'inside'))
      break
    case 'ClassDeclaration':
      if (node.id) declare(make(node.id.name, { from: 'value', value: node, path: [] }), 'block')
      break
    case 'TSEnumDeclaration':
      declare(make(node.id.name, { from: 'elsewhere' }), 'block')
      break
    default:
      if (isFunction(node)) bindFunction(node, given, make, declare)
  }
}

function bindFunction(
  node: FunctionNode,
  given: Source,
  make: (name: string, source: Source) => Binding,
  declare: Declare,
): void {
  if (node.type === 'FunctionDeclaration' && node.id) {
    declare(make(node.id.name, { from: 'value', value: node, path: [] }), 'block')
  }
  for (const [index, param] of node.params.entries()) {
    const pattern = param.type === 'TSParameterProperty' ? param.parameter : param
    bindPattern(pattern, index === 0 ? given : { from: 'elsewhere' }, (name, found) => declare(make(name, found), 'inside'))
  }
}

function bindImport(node: Extract<Node, { type: 'ImportDeclaration' }>, found: (name: string, source: Source) => void): void {
  const module = node.source.value
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ImportSpecifier') {
      if (specifier.importKind === 'type') continue
      const { imported } = specifier
      const name = imported.type === 'Literal' ? imported.value : imported.name
      found(specifier.local.name, { from: 'module', module, path: [name] })
    } else {
      // Default and namespace lead to the same: clients export both ways, and `default` is dropped from paths anyway.
      found(specifier.local.name, { from: 'module', module, path: [] })
    }
  }
}

/** Every name in a pattern, with the way into what the pattern takes apart. */
function bindPattern(pattern: Node, source: Source, found: (name: string, source: Source) => void): void {
  const open: [Node, Source][] = [[pattern, source]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [current, from] = [bare(next[0]), next[1]]
    switch (current.type) {
      case 'Identifier':
        found(current.name, from)
        break
      case 'AssignmentPattern':
        // Of a module's member the default never counts; of any other value it may.
        open.push([current.left, from.from === 'module' ? from : { from: 'elsewhere' }])
        break
      case 'RestElement':
        open.push([current.argument, { from: 'elsewhere' }])
        break
      case 'ArrayPattern':
        for (const [index, element] of current.elements.entries()) if (element) open.push([element, into(from, String(index))])
        break
      case 'ObjectPattern':
        for (const property of current.properties) {
          if (property.type === 'RestElement') open.push([property.argument, { from: 'elsewhere' }])
          else {
            const name = keyName(property.key, property.computed)
            open.push([property.value, name === undefined ? { from: 'elsewhere' } : into(from, name)])
          }
        }
    }
  }
}

function into(source: Source, name: string): Source {
  return source.from === 'elsewhere' ? source : { ...source, path: [...source.path, name] }
}
