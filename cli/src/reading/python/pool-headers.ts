import { dictOf, listOf, type PyValue } from './values.ts'

const ofPools = /^(?:connection|keep-alive)$/i

/**
 * Of headers those that say something about connections, so that no token is repeated, and none that is unknown makes the pool so.
 * Undefined if there are none.
 */
export function poolHeaders(value: PyValue): PyValue | undefined {
  if (value.kind === 'dict') {
    const entries = [...value.entries].filter(([name]) => ofPools.test(name))
    return entries.length === 0 && value.open.length === 0 ? undefined : dictOf(new Map(entries), value.open)
  }
  if (value.kind !== 'list') return value
  const items = value.items.filter((item) => {
    const line = item.kind === 'known' ? String(item.value) : item.kind === 'unknown' ? item.starts : undefined
    const colon = line?.indexOf(':') ?? -1
    return line === undefined || (colon < 0 ? item.kind === 'unknown' : ofPools.test(line.slice(0, colon).trim()))
  })
  return items.length === 0 ? undefined : listOf(items)
}
