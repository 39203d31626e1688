import type { Note, PoolConfig } from 'polypool'
import type { ClientName } from 'polypool/internal'
import { nothingSet } from '../../reading/javascript/native.ts'
import type { Place } from '../../reading/javascript/places.ts'
import { type Adapter, readPlace, type UnknownField } from '../../reading/javascript/reading.ts'
import { type Changes, changesOf } from './changes.ts'
import { codeFor } from './code.ts'
import { withoutCarried } from './options.ts'

/** One place, and what its move to another client means. */
export interface Move {
  readonly file: string
  readonly line: number
  readonly column: number
  /** As a reader would call the place, such as `axios.create(…)`. */
  readonly place: string
  /** Further lines that use the same. */
  readonly also: readonly number[]
  /** Nothing is set there. */
  readonly implicit: boolean
  readonly from: ClientName
  readonly to: ClientName
  readonly name?: string
  readonly config: PoolConfig
  readonly unknown: readonly UnknownField[]
  readonly code: string
  readonly changes: Changes
}

/** What the target client does whoever moves to it. */
export interface Target {
  readonly client: ClientName
  /** What it does where nothing is set, which a pool may do otherwise. */
  readonly alone: readonly Note[]
  /** What users of polypool should know of it. */
  readonly advice: readonly Note[]
}

export function moveOf(place: Place, adapter: Adapter, target: ClientName, to: Adapter): Move {
  const { client, file, line, column, label, also, name, implicit } = place
  const read = readPlace(place, adapter)
  const reading = { ...read, notes: withoutCarried(read.notes, place, target) }
  return {
    file,
    line,
    column,
    place: label,
    also,
    implicit,
    from: client,
    to: target,
    ...(name === undefined ? {} : { name }),
    config: reading.config,
    unknown: reading.unknown,
    code: codeFor(place, reading, target),
    changes: changesOf(client, reading, adapter, target, to),
  }
}

export function targetOf(client: ClientName, { support, readSettings }: Adapter): Target {
  return { client, alone: readSettings(nothingSet(client)).notes, advice: support.advice }
}
