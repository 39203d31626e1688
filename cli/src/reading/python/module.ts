import { bindNames } from './bind-names.ts'
import { Classes } from './classes.ts'
import type { Block } from './parse.ts'
import type { PyBinding, PyNode, Scope } from './syntax.ts'
import { nodesOf } from './tree.ts'

/** A Python module, or one fence of a document, with its names bound. */
export interface Module {
  readonly nodes: readonly PyNode[]
  readonly scope: Scope
  readonly classes: Classes
}

export function moduleOf(block: Block, textOf: (node: PyNode) => string): Module {
  const { nodes } = nodesOf(block.tree, block.offset)
  return { nodes, scope: bindNames(nodes, textOf), classes: new Classes(nodes, textOf) }
}

/** The names of a document's fences, for those that use what an earlier one defines. */
export class Fences {
  readonly #named = new Map<string, { readonly index: number; readonly binding: PyBinding }[]>()
  readonly #indices = new Map<Scope, number>()
  readonly #textOf: (node: PyNode) => string

  constructor(modules: readonly Module[], textOf: (node: PyNode) => string) {
    this.#textOf = textOf
    if (modules.length === 1) return
    for (const [index, { scope }] of modules.entries()) {
      this.#indices.set(scope, index)
      for (const [name, binding] of scope.names) {
        const known = this.#named.get(name)
        if (known) known.push({ index, binding })
        else this.#named.set(name, [{ index, binding }])
      }
    }
  }

  /**
   * What a name stands for that its own fence does not define: what the one fence before it does that has it. Where several have it,
   * they are alternatives, and only an import that all of them agree on counts.
   */
  earlier(own: Scope, name: string): PyBinding | undefined {
    const before = this.#indices.get(own) ?? 0
    const found = (this.#named.get(name) ?? []).filter(({ index }) => index < before).map(({ binding }) => binding)
    const [first] = found
    if (found.length <= 1 || first === undefined) return first
    const definitions = found.flatMap((binding) => binding.definitions)
    const meanings = new Set(
      definitions.map((one) => (one.from === 'import' ? one.path.join('.') : `${this.#textOf(one.at)} ${one.end}`)),
    )
    return meanings.size === 1 ? first : { ...first, definitions }
  }
}
