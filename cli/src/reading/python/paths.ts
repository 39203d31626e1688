import { callableKey, distinctiveKey, libraryOf } from './known-callables.ts'
import { definitionAt, mostDefinitions } from './names.ts'
import type { PyBinding, PyNode } from './syntax.ts'
import { attributeOf } from './tree.ts'

const deepest = 50

/** What the resolution of dotted names needs to know of a file. */
export interface NameContext {
  textOf(node: PyNode): string
  bindingOf(node: PyNode): PyBinding | undefined
  readonly basesOf: (node: PyNode) => readonly PyNode[]
  readonly definesMethod: (node: PyNode, name: string) => boolean
}

/** The way from a module to what an expression names, such as `['httpx', 'Limits']`, through imports and other names for it. */
export function pathOf(node: PyNode, names: NameContext, depth = 0): readonly string[] | undefined {
  if (depth > deepest) return undefined
  const attribute = attributeOf(node)
  if (attribute) {
    const object = pathOf(attribute.object, names, depth + 1)
    return object && [...object, names.textOf(attribute.name)]
  }
  if (node.name !== 'VariableName') return undefined
  const binding = names.bindingOf(node)
  if (binding === undefined) return [names.textOf(node)]
  const definition = definitionAt(binding, node)
  if (definition === undefined) return optionalImport(binding)
  if (definition.from === 'import') return definition.path
  return definition.from === 'value' && !definition.entered ? pathOf(definition.value, names, depth + 1) : undefined
}

/** `try: import httpx`, `except ImportError: httpx = None`: where it is something, it is the module, whatever the library is called there. */
function optionalImport({ definitions }: PyBinding): readonly string[] | undefined {
  if (definitions.length > mostDefinitions) return undefined
  const paths = new Map<string, readonly string[]>()
  for (const one of definitions) {
    if (one.from === 'import') paths.set(one.path.join('.'), one.path)
    else if (one.from !== 'value' || one.value.name !== 'None') return undefined
  }
  const [first, ...others] = paths.values()
  // `except ImportError: import httpx2 as httpx`
  const library = first?.length === 1 ? libraryOf(first) : undefined
  return others.every((path) => path.length === 1 && library !== undefined && libraryOf(path) === library) ? first : undefined
}

/** Which of the known callables an expression that is called is: by its name, or as a class of the file that inherits from it. */
export function callableOf(callee: PyNode, names: NameContext, depth = 0): string | undefined {
  if (depth > deepest) return undefined
  const path = pathOf(callee, names)
  if (path !== undefined) {
    const bound = callee.name !== 'VariableName' || names.bindingOf(callee) !== undefined
    return bound ? callableKey(path) : bareKey(callee, names)
  }
  const known = callee.name === 'VariableName' ? names.bindingOf(callee) : undefined
  const definition = known && definitionAt(known, callee)
  if (definition?.from === 'class') {
    // With an __init__ of its own the arguments are its own affair; there super().__init__(…) is the call to look at.
    if (names.definesMethod(definition.node, '__init__')) return undefined
    return keyOfBases(definition.node, names, depth)
  }
  return superInit(callee, names, depth)
}

function keyOfBases(node: PyNode, names: NameContext, depth: number): string | undefined {
  for (const base of names.basesOf(node)) {
    const key = callableOf(base, names, depth + 1)
    if (key !== undefined) return key
  }
  return undefined
}

/** `super().__init__` in a class that inherits from a known one. */
function superInit(callee: PyNode, names: NameContext, depth: number): string | undefined {
  const attribute = attributeOf(callee)
  if (attribute === undefined || names.textOf(attribute.name) !== '__init__') return undefined
  const { object } = attribute
  const [called] = object.children
  if (object.name !== 'CallExpression' || called?.name !== 'VariableName' || names.textOf(called) !== 'super') return undefined
  for (let scope = callee.scope; scope; scope = scope.parent) {
    if (scope.kind === 'class') return keyOfBases(scope.node, names, depth)
  }
  return undefined
}

/** A name that nothing binds: a fragment of a document, or what `from module import *` brought. */
function bareKey(callee: PyNode, names: NameContext): string | undefined {
  const name = names.textOf(callee)
  const stars = callee.scope?.module.stars ?? []
  for (const module of stars) {
    const key = callableKey([...module, name])
    if (key !== undefined) return key
  }
  return stars.length > 0 ? undefined : distinctiveKey(name)
}
