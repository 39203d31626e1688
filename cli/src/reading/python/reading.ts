import type { Note, PoolConfig } from 'polypool'
import type { Dialect } from 'polypool/dialects'
import type { PythonPlace } from './place.ts'
import { type Filling, isGroup, isSetting, settingsObject } from './probes.ts'
import type { Setting } from './settings.ts'
import type { PyNode } from './syntax.ts'
import type { Trials } from './trial.ts'
import { plainOf } from './values.ts'

/** Something that the source does not tell. */
export interface PythonGap {
  /** The setting, or `**` for any that is not named. */
  readonly setting: string
  /** Fields of the config that hang on it. */
  readonly fields: readonly string[]
  readonly node: PyNode
  readonly because: PyNode | undefined
  readonly fallback: PyNode | undefined
  readonly oneOf: readonly PyNode[]
}

/** What a place means, as far as it can be told. */
export interface PythonReading {
  readonly config: PoolConfig
  readonly notes: readonly Note[]
  readonly settings: object
  /** Which settings decide a field; the others are the library's defaults. */
  readonly origins: ReadonlyMap<string, readonly Setting[]>
  readonly gaps: readonly PythonGap[]
}

interface Doubt extends Omit<PythonGap, 'fields'> {
  readonly paths: readonly string[]
}

/**
 * Reads a place through its dialect.
 *
 * @throws PoolConfigError for what can't be meant
 */
export function readPythonPlace(place: Pick<PythonPlace, 'settings' | 'open'>, dialect: Dialect, trials: Trials): PythonReading {
  const given = lastOfEach(place.settings.filter(({ path }) => isSetting(dialect, path) || isGroup(dialect, path)))
  const certain: Setting[] = []
  const values: Filling[] = []
  const doubts: Doubt[] = []
  for (const setting of given.values()) {
    const value = plainOf(setting.value)
    if (value === undefined) doubts.push(doubtOf(setting))
    else {
      certain.push(setting)
      values.push([setting.path, value.plain])
    }
  }
  for (const { paths, keyword, node } of place.open) {
    const isIn = (key: string, path: string) => key === path || key.startsWith(`${path}.`)
    const free = Object.keys(dialect.support.settings).filter(
      (key) => paths.some((path) => isIn(key, path)) && ![...given.keys()].some((path) => isIn(key, path)),
    )
    doubts.push({ setting: keyword ?? '**', paths: free, node, because: undefined, fallback: undefined, oneOf: [] })
  }
  const { config, notes, origins, decided } = trials.answer(dialect, {
    certain: values,
    doubts: doubts.map(({ paths }) => paths),
  })
  const gaps = doubts.map(({ paths: _, ...doubt }, index): PythonGap => ({ ...doubt, fields: decided[index] ?? [] }))
  return {
    config,
    notes,
    settings: settingsObject(values),
    origins: new Map([...origins].map(([field, indices]) => [field, indices.flatMap((index) => certain[index] ?? [])])),
    gaps: gaps.filter(({ fields }) => fields.length > 0),
  }
}

/** By path; of several for one the last counts, and in its order. */
function lastOfEach(settings: readonly Setting[]): Map<string, Setting> {
  const given = new Map<string, Setting>()
  for (const one of settings) {
    given.delete(one.path)
    given.set(one.path, one)
  }
  return given
}

function doubtOf({ path, keyword, node, value }: Setting): Doubt {
  const { because, fallback, oneOf = [] } = value.kind === 'unknown' ? value : {}
  return { setting: keyword || path, paths: [path], node, because, fallback, oneOf }
}
