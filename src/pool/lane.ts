import type { Connection } from './connection.ts'
import { HeapNode } from './heap.ts'
import { List } from './list.ts'
import type { Member } from './member.ts'
import type { Origin } from './origin.ts'
import { older, type Waiter } from './waiter.ts'

/** Connections that can stand in for each other: one origin, one engine, one TLS identity. Limits are its origin's. */
export abstract class Lane {
  readonly member: Member
  readonly key: string
  origin: Origin
  readonly connections: List<Connection> = new List<Connection>()
  /** In the order in which they became idle. */
  readonly idle: List<Connection> = new List<Connection>()
  readonly queue: List<Waiter> = new List<Waiter>()
  /** Waiters for whom only a new connection will do. */
  readonly retries: List<Waiter> = new List<Waiter>()
  /** Its place among the origin's lanes that have waiters, by the oldest one. */
  readonly turn: HeapNode<Lane> = new HeapNode<Lane>(this)
  /** Whether the pool knows it: from its first connection or waiter to its last. */
  attached = false

  constructor(member: Member, key: string, origin: string) {
    this.member = member
    this.key = key
    this.origin = member.pool.registry.origin(origin)
  }

  /** Its waiter that came first. */
  get oldest(): Waiter | undefined {
    return older(this.queue.first, this.retries.first)
  }

  /** A connection of the lane's engine; nothing is opened yet. */
  abstract createConnection(): Connection
}
