import { Heap, HeapNode } from './heap.ts'

/** A level of a ranking: what stands below it, the smallest key first, and its own place in the level above. */
export class Standing<Leaf> {
  readonly below: Heap<Leaf | Standing<Leaf>> = new Heap<Leaf | Standing<Leaf>>()
  readonly node: HeapNode<Standing<Leaf>> = new HeapNode<Standing<Leaf>>(this)
  /** Null: the highest one. */
  above: Standing<Leaf> | null
  /** Whether its own limit lets what stands below it have connections, so that it is among those of the level above. */
  listed = false
  /** Leaves below it, but for those behind a limit that is reached. */
  size = 0

  constructor(above: Standing<Leaf> | null) {
    this.above = above
  }
}
