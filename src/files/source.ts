import { fieldNames } from '../config/fields.ts'
import { plainEntries } from '../config/plain-object.ts'
import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean, meantBy } from '../text/similar.ts'
import { setOwn } from './formats/document.ts'
import type { Origin } from './origin.ts'
import { formatPath, type Path } from './paths.ts'
import type { Author, Problems, Trouble } from './problems.ts'

/** Beside `pools`: how many processes share them. */
export const processesKey = 'processes'

/** The pool that is always there, and that others extend. */
export const defaultPool = 'default'

/** Names appear in paths and, in capitals, in environment variables, where two underscores end them. */
export const poolNamePattern = /^(?!.*__)[A-Za-z0-9][\w.-]{0,63}$/

/** What one source says about one pool, unchecked but for its shape. */
export interface Declaration {
  readonly extends?: unknown
  readonly fleet?: unknown
  readonly fields: object
}

/** A config file, or the `pools` that code gives. */
export interface PoolsSource {
  readonly value: unknown
  /** Dotted path of the value's own root: `polypool` within a package.json. */
  readonly root: Path
  author(path: Path, part: 'key' | 'value'): Author
  origin(path: Path, pool: string): Origin
}

/** The pools of `{ pools: { name: { extends?, …fields } } }`. What is wrong is reported, and left out. */
export function readDeclarations(source: PoolsSource, problems: Problems): Map<string, Declaration> {
  const declared = new Map<string, Declaration>()
  const report = (path: Path, trouble: Trouble, part: 'key' | 'value' = 'value') => {
    problems.add(source.author(path, part), { ...trouble, path: formatPath([...source.root, ...path]) })
  }
  const root = plainEntries(source.value)
  if (root === undefined) {
    report([], { problem: `${show(source.value)} is not a pool config`, fix: 'write an object with pools', value: source.value })
    return declared
  }
  for (const [key, value] of root) {
    // What the command line goes by is checked there.
    if (key === 'pools' || key === 'audit') continue
    if (key === processesKey) continue
    if (key !== '$schema') report([key], explainTopLevel(key), 'key')
    else if (typeof value !== 'string') {
      report([key], { problem: `${show(value)} is not a string`, fix: 'use the address of the JSON schema', value })
    }
  }
  const found = root.find(([key]) => key === 'pools')
  if (found === undefined) {
    report([], { problem: 'there are no pools', fix: 'write pools: { default: { maxConnections: 50 } }', value: source.value })
    return declared
  }
  const pools = plainEntries(found[1])
  if (pools === undefined) {
    const fix = 'write an object of pools by name, such as { default: { maxConnections: 50 } }'
    report(['pools'], { problem: `${show(found[1])} is not a set of pools`, fix, value: found[1] })
  }
  for (const [name, value] of pools ?? []) {
    const at = ['pools', name]
    const wrong = explainName(name)
    if (wrong) report(at, { ...wrong, value }, 'key')
    const entries = value === null || value === undefined ? [] : plainEntries(value)
    if (entries === undefined) {
      report(at, {
        problem: `${show(value)} is not a pool`,
        fix: 'write an object of fields, such as { maxConnections: 50 }',
        value,
      })
    } else if (!wrong) {
      if (entries.some(([key]) => key === '$schema')) {
        report([...at, '$schema'], { problem: 'it stands in a pool', fix: 'write it at the top, beside pools' }, 'key')
      }
      const known = entries.filter(([key]) => {
        const meant = misspelt(key)
        if (meant) report([...at, key], { problem: 'unknown field', fix: `did you mean ${meant}?` }, 'key')
        return !meant
      })
      declared.set(name, declarationOf(known))
    }
  }
  return declared
}

/** What stands in a pool beside its fields. */
export const besideFields = ['extends', 'fleet']

/** What was meant by a key that is nearer to a word of the pool itself, which no field is, than to any field. */
function misspelt(key: string): string | undefined {
  const meant = meantBy(key, besideFields)
  // Most keys end here: a file may hold very many.
  if (meant === undefined || besideFields.includes(key)) return undefined
  return meantBy(key, [...fieldNames, meant]) === meant ? meant : undefined
}

function declarationOf(entries: readonly (readonly [string, unknown])[]): Declaration {
  const fields = {}
  let parent: unknown
  let fleet: unknown
  for (const [key, value] of entries) {
    if (key === 'extends') parent = value
    else if (key === 'fleet') fleet = value
    else if (key !== '$schema') setOwn(fields, key, value)
  }
  return { ...(parent !== undefined && { extends: parent }), ...(fleet !== undefined && { fleet }), fields }
}

function explainTopLevel(key: string): Trouble {
  if ((fieldNames as readonly string[]).includes(key)) {
    return { problem: 'a field stands outside the pools', fix: `write pools: { default: { ${key}: … } }` }
  }
  if (key === 'extends')
    return { problem: 'extends stands outside the pools', fix: 'write it into a pool: pools: { name: { extends: other } }' }
  if (/^(replicas|workers|instances)$/.test(key))
    return { problem: 'unknown key', fix: 'write processes, replicas times workers' }
  const known = ['pools', processesKey, 'audit', '$schema']
  return { problem: 'unknown key', fix: didYouMean(key, known) ?? `only ${list(known)} stand here` }
}

function explainName(name: string): Trouble | undefined {
  if (poolNamePattern.test(name)) return undefined
  return {
    problem: `${show(name)} is no name for a pool`,
    fix: 'use up to 64 letters, digits, "-", "." and single "_", with a letter or digit first',
  }
}
