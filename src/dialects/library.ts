import { type ParsedPoolConfig, parsePoolConfig } from '../config/parse.ts'
import type { PoolConfig } from '../config/types.ts'
import type { Callables } from './callables.ts'
import { type Written, writing } from './losses.ts'
import { SettingsReader } from './settings-reader.ts'
import type { Dialect, DialectSupport } from './types.ts'

/** What the folder of a library gives: the same for all of them. */
export interface Library<Settings = object> {
  readonly support: DialectSupport
  readonly callables: Callables
  /** The pool that its settings ask for; what is wrong with them is told to the reader. */
  read(reader: SettingsReader): PoolConfig
  /** The settings nearest to a config. What they do not hold is found by reading them back. */
  write(parsed: ParsedPoolConfig): Written<Settings>
}

type SettingsOf<L> = L extends Library<infer Settings> ? Settings : never

type Dialects<Libraries> = { readonly [Name in keyof Libraries & string]: Dialect<SettingsOf<Libraries[Name]>, Name> }

/** The vocabularies of these libraries, each of which knows the others' words when it meets one. */
export function dialectsOf<Libraries extends { readonly [name: string]: Library }>(libraries: Libraries): Dialects<Libraries> {
  const supports = Object.values(libraries).map(({ support }) => support)
  const dialects = Object.entries(libraries).map(([name, library]) => [name, dialectOf(name, library, supports)] as const)
  return Object.fromEntries(dialects) as unknown as Dialects<Libraries>
}

function dialectOf(name: string, library: Library, supports: readonly DialectSupport[]): Dialect {
  const { support, callables } = library
  const read: Dialect['read'] = (settings, options) => {
    const reader = new SettingsReader(support, supports, settings, options)
    return reader.finish(library.read(reader))
  }
  const write: Dialect['write'] = (input) => {
    const parsed = parsePoolConfig(input)
    return writing({ support, read }, parsed, library.write(parsed))
  }
  return { name, support, callables, read, write }
}
