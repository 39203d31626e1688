import { list } from '../text/list.ts'
import { show } from '../text/show.ts'
import { didYouMean } from '../text/similar.ts'
import type { Trouble } from './problems.ts'
import { defaultPool } from './source.ts'

// Nobody could follow it any more; and thousands, each inheriting from the one before, would take minutes.
const longestChain = 16

/**
 * For every pool the pools that it inherits from, the nearest first. A pool that names none extends `default`,
 * unless `default` itself inherits from it.
 *
 * @param parents what each pool's `extends` says
 */
export function chainsOf(
  parents: ReadonlyMap<string, unknown>,
  report: (pool: string, trouble: () => Trouble) => void,
): ReadonlyMap<string, readonly string[]> {
  const explicit = new Map<string, string>()
  for (const [pool, parent] of parents) {
    if (parent === undefined) continue
    if (typeof parent === 'string' && parents.has(parent)) explicit.set(pool, parent)
    else
      report(pool, () => ({
        ...explainUnknown(
          parent,
          [...parents.keys()].filter((name) => name !== pool),
        ),
        value: parent,
      }))
  }
  const aboveDefault = new Set([defaultPool, ...walk(defaultPool, (pool) => explicit.get(pool)).path])
  const parentOf = (pool: string) => explicit.get(pool) ?? (aboveDefault.has(pool) ? undefined : defaultPool)
  const chains = new Map<string, readonly string[]>()
  const told = new Set<string>()
  for (const pool of parents.keys()) {
    const { path, circle } = walk(pool, parentOf)
    chains.set(pool, path)
    const chain = [pool, ...path].join(' → ')
    const value = explicit.get(pool)
    // Each circle is told once, and by one of its own pools, not by those that lead into it.
    if (circle === pool && !told.has(pool)) {
      for (const member of path) told.add(member)
      const fix = 'let one of them extend another pool, or none'
      report(pool, () => ({ problem: `extends goes round in a circle, ${chain}`, fix, value }))
    } else if (path.length > longestChain) {
      const problem = `extends goes through more than ${longestChain} pools, ${chain} → …`
      report(pool, () => ({ problem, fix: 'extend one that is nearer to the end', value }))
    }
  }
  return chains
}

/** The way upward, and where it comes back to, if it does. */
function walk(
  start: string,
  parentOf: (pool: string) => string | undefined,
): { readonly path: string[]; readonly circle?: string } {
  const path: string[] = []
  const seen = new Set([start])
  for (let pool = parentOf(start); pool !== undefined && path.length <= longestChain; pool = parentOf(pool)) {
    path.push(pool)
    if (seen.has(pool)) return { path, circle: pool }
    seen.add(pool)
  }
  return { path }
}

function explainUnknown(parent: unknown, pools: readonly string[]): Trouble {
  if (typeof parent !== 'string')
    return { problem: `${show(parent)} is not a name`, fix: pools.length > 0 ? `name one pool: ${list(pools)}` : 'leave it out' }
  const others = pools.length > 0 ? `the other pools are ${list(pools)}` : 'there is no other: leave it out'
  return { problem: `there is no pool ${show(parent)}`, fix: didYouMean(parent, pools) ?? others }
}
