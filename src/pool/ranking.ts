import type { Lane, OriginState, ProxyState } from './entities.ts'
import type { HeapNode } from './heap.ts'
import { Standing } from './standing.ts'

type Ranked = Lane | Standing<Lane>

/**
 * Lanes that wait, the smallest key first: among those of their origin, among those of all origins behind its proxy, and among all; at each
 * level only those whose limits below it are not reached. Every operation is O(log n).
 */
export class Ranking {
  readonly #all = new Standing<Lane>(null)
  readonly #which: 0 | 1

  /** @param which the place of its own among the standings of origins and proxies, and among a lane's ranks */
  constructor(which: 0 | 1) {
    this.#which = which
  }

  set(lane: Lane, key: number): void {
    const standing = this.#of(lane.origin)
    const rank = lane.ranks[this.#which]
    if (rank.index === -1) this.#grow(standing, 1)
    standing.below.set(rank, key)
    this.#refresh(standing)
  }

  delete(lane: Lane): void {
    const rank = lane.ranks[this.#which]
    if (rank.index === -1) return
    const standing = this.#of(lane.origin)
    this.#grow(standing, -1)
    standing.below.delete(rank)
    this.#refresh(standing)
  }

  /** Says whether the origin or proxy is below its own limit. */
  list(level: OriginState | ProxyState, listed: boolean): void {
    const standing = this.#of(level)
    if (standing.listed === listed) return
    this.#grow(this.#above(standing), listed ? standing.size : -standing.size)
    standing.listed = listed
    this.#refresh(standing)
  }

  /** How many lanes there are at the level (null: of all), whose limits below it are not reached; not `except`. */
  sizeOf(level: OriginState | ProxyState | null, except: Lane | null): number {
    const within = this.#of(level)
    return within.size - (except !== null && this.#counts(except, within) ? 1 : 0)
  }

  /** The first of those; not `except`, which is of that level. */
  first(level: OriginState | ProxyState | null, except: Lane | null): Lane | undefined {
    const within = this.#of(level)
    return laneIn(except === null ? within.below.top : this.#firstBeside(except, within))
  }

  /** The first of each level on the way up, while the way is not barred, against the first beside it. */
  #firstBeside(except: Lane, within: Standing<Lane>): HeapNode<Ranked> | undefined {
    let standing = this.#of(except.origin)
    let first = standing.below.topBeside(except.ranks[this.#which])
    while (standing !== within) {
      const above = this.#above(standing)
      const beside = above.below.topBeside(standing.node)
      if (!standing.listed || first === undefined || (beside !== undefined && beside.key <= first.key)) first = beside
      standing = above
    }
    return first
  }

  #counts(lane: Lane, within: Standing<Lane>): boolean {
    if (lane.ranks[this.#which].index === -1) return false
    let standing = this.#of(lane.origin)
    while (standing !== within && standing.listed) standing = this.#above(standing)
    return standing === within
  }

  #of(level: OriginState | ProxyState | null): Standing<Lane> {
    return level === null ? this.#all : level.standings[this.#which]
  }

  #above(standing: Standing<Lane>): Standing<Lane> {
    return standing.above ?? this.#all
  }

  #grow(lowest: Standing<Lane>, by: number): void {
    let standing = lowest
    standing.size += by
    while (standing.listed) {
      standing = this.#above(standing)
      standing.size += by
    }
  }

  #refresh(lowest: Standing<Lane>): void {
    for (let standing = lowest; standing !== this.#all; standing = this.#above(standing)) {
      const { top } = standing.below
      const { below } = this.#above(standing)
      if (standing.listed && top !== undefined) below.set(standing.node, top.key)
      else below.delete(standing.node)
    }
  }
}

function laneIn(node: HeapNode<Ranked> | undefined): Lane | undefined {
  let found = node
  while (found?.owner instanceof Standing) found = found.owner.below.top
  return found?.owner as Lane | undefined
}
