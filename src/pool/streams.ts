import type { Connection } from './entities.ts'
import { HeapNode } from './heap.ts'
import { mostSlots } from './holdings.ts'

/**
 * Counts what HTTP/2 connections carry and may carry: for the pool, all that are open; for their lanes, those that take requests.
 * A connection leaves every count before it changes, and comes back after it has.
 */
export class StreamCounts {
  /** Requests that they carry, and how many they may carry at a time; one that drains may carry what it does. */
  active = 0
  capacity = 0
  /** Those of lanes that may carry none for now. */
  shut = 0

  /** It is open, and speaks HTTP/2. */
  add(connection: Connection): void {
    connection.multiplexes = true
    connection.slots = slotsOf(connection)
    this.join(connection)
  }

  /** It is about to change, or to close. Does nothing if it does not count. */
  leave(connection: Connection): void {
    if (!counts(connection)) return
    this.#count(connection, -1)
    if (connection.inSpare !== null) connection.lane.spare.delete(connection.inSpare)
  }

  /** It has changed. */
  join(connection: Connection): void {
    if (!counts(connection)) return
    this.#count(connection, 1)
    const { lane, running, hasSlot, overflow } = connection
    if (running === 0 || !hasSlot || overflow) return
    connection.inSpare ??= new HeapNode(connection)
    lane.spare.set(connection.inSpare, -running)
  }

  /** It is given one more request, or is rid of one. */
  carry(connection: Connection, more: 1 | -1): void {
    this.leave(connection)
    connection.running += more
    this.join(connection)
  }

  /** What its server or this pool's limits allow is known, or has changed. */
  allow(connection: Connection, allowed: number): void {
    this.leave(connection)
    connection.allowed = allowed
    connection.slots = slotsOf(connection)
    if (connection.state === 'idle') {
      connection.idleInLane.leave()
      if (connection.slots > 0) connection.lane.idle.push(connection.idleInLane)
    }
    this.join(connection)
  }

  #count({ lane, state, running, slots, allowed, draining, overflow }: Connection, sign: 1 | -1): void {
    this.active += sign * running
    this.capacity += sign * (draining ? running : slots)
    lane.origin.extraRunning += sign * (state === 'active' ? running - 1 : running)
    if (draining || overflow) return
    lane.sessions += sign
    lane.extraSlots += sign * (slots - 1)
    // An idle one that may carry nothing is not among the idle ones of its lane.
    lane.extraRunning += sign * (state === 'idle' && slots === 0 ? -1 : Math.max(0, running - 1))
    if (Number.isNaN(allowed)) lane.untold += sign
    if (slots > 0) return
    lane.shut += sign
    this.shut += sign
  }
}

function counts({ multiplexes, state }: Connection): boolean {
  return multiplexes && (state === 'active' || state === 'idle')
}

/** One at a time until its server has said what it allows, and where it closes after its request. */
function slotsOf({ allowed, overflow, lane: { origin } }: Connection): number {
  const own = origin.limits.keepAlive && !overflow ? Math.min(origin.limits.maxStreamsPerConnection, mostSlots) : 1
  return Number.isNaN(allowed) ? 1 : Math.max(0, Math.min(allowed, own))
}
