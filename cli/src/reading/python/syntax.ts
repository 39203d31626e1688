// Nodes, scopes, and what gives a name its meaning: each speaks of the others.

/** A node of a Python syntax tree, named as @lezer/python names it. Offsets are those of the file. */
export interface PyNode {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly parent: PyNode | undefined
  /** With keywords and punctuation, without comments. */
  readonly children: readonly PyNode[]
  /** The scope that names in it are looked up in; set when the names of the module are bound. */
  scope?: Scope
}

/** One way in which a name gets what it stands for. */
export type Definition = DefinitionSource & {
  readonly at: PyNode
  /** From here on it holds. */
  readonly end: number
  /** The scope in which it stands; not that of the name where it is declared global or nonlocal. */
  readonly scope: Scope
}

export type DefinitionSource =
  /** An imported name, with the way to it: `['httpx', 'Limits']`. */
  | { readonly from: 'import'; readonly path: readonly string[] }
  /** `entered`: by `with … as name`. */
  | { readonly from: 'value'; readonly value: PyNode; readonly entered?: boolean }
  | { readonly from: 'class'; readonly node: PyNode }
  /** A parameter, a loop's variable …: only the running program knows. */
  | { readonly from: 'elsewhere'; readonly fallback?: PyNode; readonly parameter?: boolean }

/** Something that is done to what a name stands for: `name[key] = …`, `name.update(…)`, `name.attribute = …`. */
export interface Mutation {
  readonly at: PyNode
  /** What of it changes, where that is known. */
  readonly attribute?: string
  readonly key?: PyNode
  /** What is assigned, where it is a plain assignment. */
  readonly value?: PyNode
  /** Something within the attribute or the item changes, as in `name.attribute.other = …`; it remains what it is. */
  readonly deeper?: true
}

export interface PyBinding {
  readonly name: string
  readonly scope: Scope
  readonly definitions: Definition[]
  readonly mutations: Mutation[]
}

/** The names of a module, a class, a function, a lambda or a comprehension. */
export class Scope {
  readonly node: PyNode
  readonly kind: 'module' | 'class' | 'function'
  readonly parent: Scope | undefined
  readonly names = new Map<string, PyBinding>()
  /** Names that `global` and `nonlocal` hand to another scope. */
  readonly elsewhere = new Map<string, 'global' | 'nonlocal'>()
  /** Modules of `from module import *`. */
  readonly stars: (readonly string[])[] = []

  constructor(node: PyNode, kind: Scope['kind'], parent: Scope | undefined) {
    this.node = node
    this.kind = kind
    this.parent = parent
  }

  get module(): Scope {
    let scope: Scope = this
    while (scope.parent) scope = scope.parent
    return scope
  }

  bind(name: string): PyBinding {
    const owner = this.#ownerOf(name)
    const known = owner.names.get(name)
    if (known) return known
    const made: PyBinding = { name, scope: owner, definitions: [], mutations: [] }
    owner.names.set(name, made)
    return made
  }

  #ownerOf(name: string): Scope {
    const said = this.elsewhere.get(name)
    if (said === undefined) return this
    if (said === 'global') return this.module
    for (let scope = this.parent; scope?.parent; scope = scope.parent) {
      if (scope.kind === 'function' && scope.names.has(name)) return scope
    }
    return this.module
  }

  /** What a name stands for here; the names of a class are not seen from its methods. */
  find(name: string): PyBinding | undefined {
    if (this.elsewhere.get(name) === 'global') return this.module.names.get(name)
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const found = scope === this || scope.kind !== 'class' ? scope.names.get(name) : undefined
      if (found) return found
    }
    return undefined
  }
}
