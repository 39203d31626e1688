import { type ClientSupport, type Note, type PoolConfig, type PoolConfigField, parsePoolConfig } from 'polypool'
import { type ClientName, fieldNames, formatDefault, formatValue, lossesOf } from 'polypool/internal'
import { nothingSet } from '../../reading/javascript/native.ts'
import type { Adapter, PlaceReading } from '../../reading/javascript/reading.ts'

/** A field that would be another if nobody set it. */
interface DefaultChange {
  readonly field: PoolConfigField
  /** As the place has it. */
  readonly before: string
  /** What the target client does by itself, without settings. */
  readonly target: string
  /** What a pool does if the field is left out of its config. */
  readonly pool: string
}

export interface Changes {
  /** How the old settings are to be understood, and what they did that a pool does not. */
  readonly meaning: readonly Note[]
  /** What the old client held in part, and the pool holds. */
  readonly stricter: readonly Note[]
  /** What the pool holds only in part on the target client. */
  readonly weaker: readonly Note[]
  readonly defaults: readonly DefaultChange[]
  /** What the target's own settings, without polypool, would not hold of this config. */
  readonly nativeLosses: readonly Note[]
}

/** Everything that behaves otherwise after the move, drawn from what the adapters declare. */
export function changesOf(client: ClientName, reading: PlaceReading, from: Adapter, target: ClientName, to: Adapter): Changes {
  const { config } = parsePoolConfig(reading.config)
  // A default that stands in for an unknown value asks for nothing.
  const isKnown = ({ field }: Note) => reading.config[field as PoolConfigField] !== undefined
  const isHeld = ({ field }: Note) => levels[to.support.fields[field as PoolConfigField].pool]
  return {
    meaning: reading.notes,
    stricter: lossesOf(from.support, config).filter((note) => isKnown(note) && isHeld(note)),
    weaker: lossesOf(underPool(to.support), config).filter(isKnown),
    defaults: client === target ? [] : defaultsOf(reading.config, to.readSettings(nothingSet(target)).config),
    nativeLosses: lossesOf(to.support, config).filter(isKnown),
  }
}

const levels = { native: true, enforced: true, approximated: false, unsupported: false } as const

/** The declaration as seen through createPool. */
function underPool(support: ClientSupport): ClientSupport {
  const entries = Object.entries(support.fields).map(([field, one]) => [field, { ...one, native: one.pool }])
  return { ...support, fields: Object.fromEntries(entries) as ClientSupport['fields'] }
}

function defaultsOf(before: PoolConfig, alone: PoolConfig): DefaultChange[] {
  return fieldNames.flatMap((field): DefaultChange[] => {
    if (before[field] === undefined || alone[field] === undefined) return []
    const row = { field, before: showField(field, before), target: showField(field, alone), pool: formatDefault(field) }
    return row.before === row.target && row.before === row.pool ? [] : [row]
  })
}

/** A field's value as one would write it. */
function showField(field: PoolConfigField, config: PoolConfig): string {
  return formatValue(field, parsePoolConfig({ [field]: config[field] }).config[field])
}
