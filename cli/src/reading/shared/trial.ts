import { isDeepStrictEqual } from 'node:util'
import type { Note, PoolConfigField, Reading } from 'polypool'

/**
 * Settings of which some are unknown. Which fields hang on those is found by trying: whatever changes when the value of something
 * unknown changes is decided by it, and only what stays is known.
 */
export interface Trial<Unknown> {
  /** What the settings mean with these values in place of what is unknown, the rest of which is left out; undefined where they can't be meant. */
  read(fillings: ReadonlyMap<Unknown, unknown>): Reading | undefined
  /** Values that something unknown might have: enough that every field that hangs on it moves. */
  probesFor(unknown: Unknown): readonly unknown[]
}

/** What the settings mean without a group of unknown things, then with each of its probes; where that can't be meant there is no reading. */
export function readingsOf<Unknown>(
  { read, probesFor }: Trial<Unknown>,
  group: readonly Unknown[],
  beside: ReadonlyMap<Unknown, unknown> = new Map(),
): { without: Reading | undefined; probed: Reading[] } {
  const probes = group[0] === undefined ? [] : probesFor(group[0])
  const probed = probes.flatMap((probe) => read(new Map([...beside, ...group.map((one) => [one, probe] as const)])) ?? [])
  return { without: read(beside), probed }
}

/** Something unknown may count only beside something else that is unknown too: values for those, besides none. */
export function besideOthers<Unknown>(others: readonly Unknown[]): ReadonlyMap<Unknown, unknown>[] {
  return others.length === 0 ? [] : [true, 7].map((value) => new Map(others.map((other) => [other, value])))
}

/** The fields that are not the same in all readings. */
export function differing(readings: readonly Reading[]): string[] {
  const [first, ...others] = readings
  const fields = new Set(readings.flatMap(({ config }) => Object.keys(config)))
  const of = ({ config }: Reading, field: string) => config[field as PoolConfigField]
  return first ? [...fields].filter((field) => others.some((one) => !isDeepStrictEqual(of(one, field), of(first, field)))) : []
}

/** The notes of the first reading that hold in all of them. */
export function certainNotes([first, ...others]: readonly Reading[]): Note[] {
  const sets = others.map(({ notes }) => new Set(notes.map(({ message }) => message)))
  return first?.notes.filter(({ message }) => sets.every((set) => set.has(message))) ?? []
}

/** A probe may be what a setting can't be; then it tells nothing. */
export function attempt(read: () => Reading): Reading | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
