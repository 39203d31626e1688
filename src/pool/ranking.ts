import type { Lane, OriginState, Standing } from './entities.ts'
import { Heap, type HeapNode } from './heap.ts'

/**
 * Lanes that wait, the smallest key first: among those of their origin, and among those of all origins that are below their own limits.
 * Every operation is O(log n).
 */
export class Ranking {
  readonly #origins = new Heap<OriginState>()
  readonly #which: 0 | 1
  /** Lanes whose origins are below their own limits. */
  size = 0

  /** @param which the place of its own among an origin's standings and a lane's ranks */
  constructor(which: 0 | 1) {
    this.#which = which
  }

  set(lane: Lane, key: number): void {
    const standing = this.#of(lane.origin)
    const rank = lane.ranks[this.#which]
    if (rank.index === -1 && standing.listed) this.size++
    standing.lanes.set(rank, key)
    this.#refresh(standing)
  }

  delete(lane: Lane): void {
    const rank = lane.ranks[this.#which]
    if (rank.index === -1) return
    const standing = this.#of(lane.origin)
    if (standing.listed) this.size--
    standing.lanes.delete(rank)
    this.#refresh(standing)
  }

  has(lane: Lane): boolean {
    return lane.ranks[this.#which].index !== -1
  }

  /** Says whether the origin is below its own limit. */
  list(origin: OriginState, listed: boolean): void {
    const standing = this.#of(origin)
    if (standing.listed === listed) return
    standing.listed = listed
    this.size += listed ? standing.lanes.size : -standing.lanes.size
    this.#refresh(standing)
  }

  sizeOf(origin: OriginState): number {
    return this.#of(origin).lanes.size
  }

  /** The first whose origin is below its limit; not `except`. */
  first(except: Lane | null): Lane | undefined {
    if (except === null) return this.#top(this.#origins.top)?.owner
    const standing = this.#of(except.origin)
    const elsewhere = this.#top(this.#origins.topBeside(standing.node))
    const sibling = standing.listed ? standing.lanes.topBeside(except.ranks[this.#which]) : undefined
    return (sibling !== undefined && (elsewhere === undefined || sibling.key < elsewhere.key) ? sibling : elsewhere)?.owner
  }

  /** The first of that origin; not `except`. */
  firstOf(origin: OriginState, except: Lane | null): Lane | undefined {
    const { lanes } = this.#of(origin)
    return (except === null ? lanes.top : lanes.topBeside(except.ranks[this.#which]))?.owner
  }

  #top(node: HeapNode<OriginState> | undefined): HeapNode<Lane> | undefined {
    return node === undefined ? undefined : this.#of(node.owner).lanes.top
  }

  #of(origin: OriginState): Standing {
    return origin.standings[this.#which]
  }

  #refresh({ listed, lanes, node }: Standing): void {
    if (listed && lanes.top !== undefined) this.#origins.set(node, lanes.top.key)
    else this.#origins.delete(node)
  }
}
