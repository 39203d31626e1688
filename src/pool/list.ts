/** A place in a list, made once and reused, so that joining and leaving allocate nothing. */
export class Link<T> {
  list: List<T> | null = null
  prev: Link<T> | null = null
  next: Link<T> | null = null
  readonly owner: T

  constructor(owner: T) {
    this.owner = owner
  }

  /** Leaves its list, if it is in one. */
  leave(): void {
    this.list?.remove(this)
  }
}

/** A doubly linked list of links: every operation is O(1). */
export class List<T> {
  head: Link<T> | null = null
  tail: Link<T> | null = null
  size = 0

  get first(): T | undefined {
    return this.head?.owner
  }

  get last(): T | undefined {
    return this.tail?.owner
  }

  push(link: Link<T>): void {
    this.insertBefore(link, null)
  }

  insertBefore(link: Link<T>, next: Link<T> | null): void {
    const prev = next === null ? this.tail : next.prev
    link.list = this
    link.prev = prev
    link.next = next
    if (prev === null) this.head = link
    else prev.next = link
    if (next === null) this.tail = link
    else next.prev = link
    this.size++
  }

  remove(link: Link<T>): void {
    if (link.prev === null) this.head = link.next
    else link.prev.next = link.next
    if (link.next === null) this.tail = link.prev
    else link.next.prev = link.prev
    link.list = link.prev = link.next = null
    this.size--
  }

  *[Symbol.iterator](): Generator<T> {
    for (let link = this.head; link !== null; ) {
      const { next, owner } = link
      yield owner
      link = next
    }
  }
}
