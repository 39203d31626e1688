import type { PyBinding, PyNode, Scope } from './syntax.ts'
import { argumentsOf, child } from './tree.ts'

/** Where an attribute of a class or its instances gets its value. */
export interface AttributeSource {
  /** Undefined where that is no plain assignment. */
  readonly value: PyNode | undefined
  /** What an instance may be given instead when it is made: `size: int = 5` of a dataclass or a settings class. */
  readonly replaceable: boolean
  /** Whether something within it is changed: a dict is not what it was made as, an instance remains one. */
  readonly altered: boolean
  /** Whether it is None elsewhere, such as before it is made. */
  readonly optional: boolean
}

/** One source among others; `deeper` ones change something within the attribute. */
interface Source extends Omit<AttributeSource, 'altered' | 'optional'> {
  readonly deeper: boolean
}

/** Attributes of the classes of a module. */
export class Classes {
  readonly #textOf: (node: PyNode) => string
  readonly #nodes: readonly PyNode[]
  readonly #attributes = new Map<PyNode, Map<string, Source[]>>()
  readonly #found = new Map<PyNode, Map<string, AttributeSource | undefined>>()
  #children: Map<PyNode, PyNode[]> | undefined

  constructor(nodes: readonly PyNode[], textOf: (node: PyNode) => string) {
    this.#nodes = nodes
    this.#textOf = textOf
  }

  /** The class that `self` or `cls` stands for, if a binding is that: the first parameter of a method. */
  ownerOf({ definitions, scope }: PyBinding): PyNode | undefined {
    const [only] = definitions
    if (definitions.length !== 1 || only?.from !== 'elsewhere' || !only.parameter || scope.parent?.kind !== 'class')
      return undefined
    const first = child(scope.node, 'ParamList')?.children[1]
    return first === only.at ? scope.parent.node : undefined
  }

  /** The one place that gives an attribute its value, in the class or in one that it inherits from; undefined unless it is one. */
  attribute(owner: PyNode, name: string): AttributeSource | undefined {
    const known = this.#found.get(owner) ?? new Map<string, AttributeSource | undefined>()
    if (!known.has(name)) known.set(name, this.#find(owner, name))
    this.#found.set(owner, known)
    return known.get(name)
  }

  #find(owner: PyNode, name: string): AttributeSource | undefined {
    const below = this.#below(owner, name)
    if (below.some(({ deeper }) => !deeper)) return undefined
    let altered = below.length > 0
    const seen = new Set<PyNode>()
    for (let current: PyNode | undefined = owner; current && !seen.has(current); current = this.basesOf(current)[0]?.class) {
      seen.add(current)
      const sources = this.#attributesOf(current).get(name) ?? []
      const given = sources.filter(({ deeper }) => !deeper)
      const made = given.filter(({ value }) => value?.name !== 'None')
      const optional = made.length > 0 && made.length < given.length
      const [first, ...others] = optional ? made : given
      altered ||= sources.some(({ deeper }) => deeper)
      if (first) return others.length === 0 ? { ...first, altered, optional } : undefined
      if (this.basesOf(current).length > 1) return undefined
    }
    return undefined
  }

  basesOf(owner: PyNode): { readonly node: PyNode; readonly class: PyNode | undefined }[] {
    if (child(owner, 'ArgList') === undefined) return []
    return argumentsOf(owner).list.flatMap(({ kind, value }) => {
      if (kind !== 'positional') return []
      const found = value.name === 'VariableName' ? value.scope?.find(this.#textOf(value)) : undefined
      const only = found?.definitions.length === 1 ? found.definitions[0] : undefined
      return [{ node: value, class: only?.from === 'class' ? only.node : undefined }]
    })
  }

  method(owner: PyNode, name: string): boolean {
    return scopeInside(owner)?.names.has(name) ?? false
  }

  /** What the classes that inherit from one do to an attribute. */
  #below(owner: PyNode, name: string): Source[] {
    const found: Source[] = []
    this.#children ??= this.#inheritance()
    const open = [...(this.#children.get(owner) ?? [])]
    const seen = new Set<PyNode>()
    for (let next = open.pop(); next; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      found.push(...(this.#attributesOf(next).get(name) ?? []))
      open.push(...(this.#children.get(next) ?? []))
    }
    return found
  }

  #inheritance(): Map<PyNode, PyNode[]> {
    const children = new Map<PyNode, PyNode[]>()
    for (const node of this.#nodes) {
      if (node.name !== 'ClassDefinition') continue
      for (const { class: base } of this.basesOf(node)) if (base) children.set(base, [...(children.get(base) ?? []), node])
    }
    return children
  }

  #attributesOf(owner: PyNode): Map<string, Source[]> {
    const known = this.#attributes.get(owner)
    if (known) return known
    const found = new Map<string, Source[]>()
    this.#attributes.set(owner, found)
    const add = (name: string, source: Source) => {
      const sources = found.get(name)
      if (sources) sources.push(source)
      else found.set(name, [source])
    }
    const scope = scopeInside(owner)
    const foreign = owner.parent?.name === 'DecoratedStatement' || this.basesOf(owner).some((base) => base.class === undefined)
    for (const [name, { definitions }] of scope?.names ?? []) {
      for (const one of definitions) {
        const annotated = one.at.parent?.name === 'AssignStatement' && child(one.at.parent, 'TypeDef') !== undefined
        add(name, { value: one.from === 'value' ? one.value : undefined, replaceable: foreign && annotated, deeper: false })
      }
    }
    for (const binding of [...this.#selves(owner), ...this.#own(owner)]) {
      for (const { attribute, value, deeper = false } of binding.mutations) {
        if (attribute !== undefined) add(attribute, { value, replaceable: false, deeper })
      }
    }
    return found
  }

  /** The bindings of `self` in the methods of a class. */
  *#selves(owner: PyNode): Generator<PyBinding> {
    for (const statement of child(owner, 'Body')?.children ?? []) {
      const method = statement.name === 'DecoratedStatement' ? child(statement, 'FunctionDefinition') : statement
      const scope = method?.name === 'FunctionDefinition' ? scopeInside(method) : undefined
      for (const binding of scope?.names.values() ?? []) if (this.ownerOf(binding) === owner) yield binding
    }
  }

  /** The binding of the class's own name: `Settings.MAX = 5`. */
  #own(owner: PyNode): PyBinding[] {
    const name = child(owner, 'VariableName')
    const found = name && owner.scope?.find(this.#textOf(name))
    return found ? [found] : []
  }
}

function scopeInside(node: PyNode): Scope | undefined {
  return child(node, 'Body')?.scope
}
