import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Node } from 'oxc-parser'
import { moduleOf } from '../hostile/sources.ts'

const require = createRequire(import.meta.url)

/** Every node of a file of a package, whatever its exports are. */
function nodesOf(name: string, file: string): readonly Node[] {
  const path = require.resolve(`${name}/package.json`).replace('package.json', file)
  return moduleOf(path, readFileSync(path, 'utf8')).nodes
}

const keyOf = (node: Node): string[] => {
  const { key } = node as { key?: { name?: string } }
  return key?.name === undefined ? [] : [key.name]
}

/** Reads which options the interfaces of @types/node declare. */
export class NodeTypes {
  readonly #modules = new Map<string, readonly Node[]>()

  /** @param name as in `tls.ConnectionOptions` */
  options(name: string): string[] {
    const [module = '', type = ''] = name.split('.')
    return [...new Set(this.#optionsOf(module, type))]
  }

  #optionsOf(module: string, type: string): string[] {
    const found = [...this.#declarations(module, type)]
    if (found.length === 0) throw new Error(`@types/node declares no interface ${module}.${type}`)
    return found.flatMap(({ body, extends: bases }) => [
      ...body.body.flatMap(keyOf),
      ...bases.flatMap(({ expression, typeArguments }) => {
        const base = named(expression)
        const [first, second] = typeArguments?.params ?? []
        // `Pick<LookupOptions, "hints">` and `NodeJS.PartialOptions<net.TcpSocketConnectOpts>`.
        if (base === 'Pick') return literals(second as Node)
        if (base === 'NodeJS.PartialOptions') return this.#base(module, named((first as { typeName: Node }).typeName))
        return this.#base(module, base)
      }),
    ])
  }

  #base(module: string, name: string): string[] {
    const [first = '', second] = name.split('.')
    return second === undefined ? this.#optionsOf(module, first) : this.#optionsOf(first, second)
  }

  *#declarations(module: string, type: string) {
    const nodes = this.#modules.get(module) ?? nodesOf('@types/node', `${module}.d.ts`)
    this.#modules.set(module, nodes)
    for (const node of nodes) if (node.type === 'TSInterfaceDeclaration' && node.id.name === type) yield node
  }
}

function literals(node: Node): string[] {
  if (node.type === 'TSUnionType') return node.types.flatMap(literals)
  if (node.type === 'TSLiteralType' && node.literal.type === 'Literal') return [String(node.literal.value)]
  throw new Error(`names were expected, not ${node.type}`)
}

function named(node: Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression') return `${named(node.object)}.${named(node.property)}`
  if (node.type === 'TSQualifiedName') return `${named(node.left)}.${named(node.right)}`
  throw new Error(`a name was expected, not ${node.type}`)
}

/** The options that undici takes of one request: what its `Request` takes apart. */
export function requestOptionsOfUndici(name: string): string[] {
  for (const node of nodesOf(name, 'lib/core/request.js')) {
    if (node.type !== 'MethodDefinition' || node.kind !== 'constructor') continue
    const [, options] = node.value.params
    if (options?.type === 'ObjectPattern') return options.properties.flatMap(keyOf)
  }
  throw new Error(`${name} has another Request`)
}

/** What a Client of undici tells its connector. */
export function connectOptionsOfUndici(name: string): string[] {
  for (const node of nodesOf(name, 'lib/dispatcher/client.js')) {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || named(node.callee.property) !== 'kConnector')
      continue
    const [options] = node.arguments
    if (options?.type === 'ObjectExpression') return options.properties.flatMap(keyOf)
  }
  throw new Error(`${name} connects in another way`)
}
