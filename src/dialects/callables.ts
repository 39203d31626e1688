/** What a call of one of a library's classes or functions says about connections. */
export interface Callable {
  /** Names of positional parameters, in order. */
  readonly positional?: readonly string[]
  /**
   * Where each parameter goes in the dialect's settings, as a dotted path. A path that ends in `*` takes another callable's settings,
   * or a plain value; of `*` alone, they go in as they are.
   */
  readonly takes: { readonly [parameter: string]: string }
  /** Only part of a pool's settings: where they go if the part stands alone. No place of its own where a pool takes it. */
  readonly part?: string
  /** Parameters that also take a tuple, and where its items go. */
  readonly tuples?: { readonly [parameter: string]: readonly string[] }
  /** Parameters that put others out of force, such as a transport, which brings its own limits. */
  readonly replaces?: { readonly [parameter: string]: readonly string[] }
  /** Only one of its settings counts where it is an item of a mapping, and stands there in its place. */
  readonly itemIs?: string
  /** Parameters that take a class: those that the settings hold for, and what others imply; of any other nothing can be said. */
  readonly unless?: { readonly [parameter: string]: { readonly [name: string]: 'itself' | { readonly [path: string]: number } } }
  /** What the text of a parameter begins with where there is nothing to connect to, such as a database in a file: then it is no pool. */
  readonly local?: { readonly [parameter: string]: string }
  /** All parameters that it takes besides, if what it takes is certain: then any other one is a mistake. */
  readonly closed?: readonly string[]
  /** Settings that go without saying. */
  readonly implied?: { readonly [path: string]: number | boolean }
  /** Recognised by its bare name too, where nothing binds that: as fragments in documents have it. */
  readonly distinctive?: boolean
  /** An instance goes by what is mounted on it, `instance.mount(prefix, adapter)`: the name of the callable that makes such an adapter. */
  readonly mounts?: string
  /** Attributes of an instance that are settings: `instance.headers[name] = value`. */
  readonly attributes?: readonly string[]
  /** An instance takes its settings one by one, `instance.setopt(option, value)`: `multi` keeps the connections of the `easy` ones in it. */
  readonly options?: 'easy' | 'multi'
}

/** What users of a library call to set up connections: for whoever reads its settings out of sources. */
export interface Callables {
  /** Modules that it is imported from besides its own name. */
  readonly aliases?: readonly string[]
  /** By name; modules between the library and the name do not count. */
  readonly names: { readonly [name: string]: Callable }
  /** Values that the library has names for, as a setting has them. */
  readonly constants?: { readonly [name: string]: string | number }
  /** Settings that are given with each request of an instance, by keyword, and the methods that take them. */
  readonly perRequest?: { readonly [setting: string]: readonly string[] }
}

/** Parameters that are called as the settings. */
export function sameNames(names: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(names.map((name) => [name, name]))
}
