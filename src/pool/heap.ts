/** A place in a heap; `key` orders it. */
export class HeapNode<T> {
  key = 0
  index = -1
  readonly owner: T

  constructor(owner: T) {
    this.owner = owner
  }
}

/** Binary heap, smallest key first, whose members can be moved and removed in O(log n). */
export class Heap<T> {
  readonly #nodes: HeapNode<T>[] = []

  get size(): number {
    return this.#nodes.length
  }

  get top(): HeapNode<T> | undefined {
    return this.#nodes[0]
  }

  /** Inserts `node`, or moves it to its new key. */
  set(node: HeapNode<T>, key: number): void {
    if (node.index === -1) {
      node.index = this.#nodes.length
      this.#nodes.push(node)
    } else if (node.key === key) return
    node.key = key
    if (this.#nodes.length > 1) this.#move(node)
  }

  delete(node: HeapNode<T>): void {
    const { index } = node
    if (index === -1) return
    node.index = -1
    const last = this.#nodes.pop() as HeapNode<T>
    if (last === node) return
    this.#place(last, index)
    this.#move(last)
  }

  /** The first of the members that are not `node`. */
  topBeside(node: HeapNode<T>): HeapNode<T> | undefined {
    const nodes = this.#nodes
    if (nodes[0] !== node) return nodes[0]
    const left = nodes[1]
    const right = nodes[2]
    return right !== undefined && left !== undefined && right.key < left.key ? right : left
  }

  /** Where its key belongs. */
  #move(node: HeapNode<T>): void {
    this.#up(node)
    this.#down(node)
  }

  #place(node: HeapNode<T>, index: number): void {
    node.index = index
    this.#nodes[index] = node
  }

  #up(node: HeapNode<T>): void {
    let index = node.index
    while (index > 0) {
      const parent = this.#nodes[(index - 1) >> 1] as HeapNode<T>
      if (parent.key <= node.key) break
      const above = parent.index
      this.#place(parent, index)
      index = above
    }
    this.#place(node, index)
  }

  #down(node: HeapNode<T>): void {
    const nodes = this.#nodes
    const { length } = nodes
    let index = node.index
    for (let left = 2 * index + 1; left < length; left = 2 * index + 1) {
      let child = nodes[left] as HeapNode<T>
      // Beyond its end an array is slow to read.
      const right = left + 1 < length ? nodes[left + 1] : undefined
      if (right !== undefined && right.key < child.key) child = right
      if (child.key >= node.key) break
      const below = child.index
      this.#place(child, index)
      index = below
    }
    this.#place(node, index)
  }
}
