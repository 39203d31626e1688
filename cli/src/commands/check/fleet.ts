import { formatDuration, type ResolvedPool } from 'polypool/internal'

/** What its fleet lets a pool have in this process, and in all of them; nothing of a pool without one. */
export function fleetLines({ fleet, config, notes }: ResolvedPool): string[] {
  if (fleet === undefined) return []
  const { name, maxConnections, floor, maxMembers, ttl, margin, onLost } = fleet.settings
  const leased = maxConnections - floor * maxMembers
  const own = Math.min(config.maxConnections, floor + leased)
  const lost =
    onLost === 'cut' ? 'cuts what runs beyond it' : `lets what runs beyond it end, for which there are ${formatDuration(margin)}`
  return [
    `${name}: at most ${maxConnections} connections of all processes together, of which there are ${maxMembers} at the most`,
    `this process has ${floor} without asking anybody, and up to ${own} as long as others do not want them`,
    `one that has heard nothing of the store for ${formatDuration(ttl - margin)} goes back to ${floor}, and ${lost}`,
    ...notes.flatMap(({ field, message }) => (field.startsWith('fleet.') ? `${field}: ${message}` : [])),
  ]
}
