import { setTimeout as sleep } from 'node:timers/promises'
import { queryObjects } from 'node:v8'
import { NodeConnection, NodeLane } from '../../src/engines/node-agent/connection.ts'
import { RequestWaiter } from '../../src/engines/node-agent/waiter.ts'
import { ClientConnection } from '../../src/engines/undici-dispatcher/connection.ts'
import { OriginLane } from '../../src/engines/undici-dispatcher/lane.ts'
import { PoolRequest } from '../../src/engines/undici-dispatcher/request.ts'
import { ConnectionPool } from '../../src/pool/pool.ts'

/** What lives after a collection, while nothing runs or waits. */
export interface Sample {
  /** Bytes. */
  readonly heap: number
  /** Bytes outside V8's heap that it holds. */
  readonly external: number
  readonly pools: number
  readonly connections: number
  readonly lanes: number
  /** Requests that waited or were sent, of both engines. */
  readonly requests: number
}

const count = (type: unknown) => queryObjects(type as never, { format: 'count' })

export async function takeSample(): Promise<Sample> {
  if (globalThis.gc === undefined) throw new Error('run with node --expose-gc')
  const objects = {
    pools: count(ConnectionPool),
    connections: count(NodeConnection) + count(ClientConnection),
    lanes: count(NodeLane) + count(OriginLane),
    requests: count(RequestWaiter) + count(PoolRequest),
  }
  // What finalizers free is gone after the next round.
  for (let round = 0; round < 3; round++) {
    globalThis.gc()
    await sleep(10)
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, external, ...objects }
}

/** What may live with all pools closed: the prototypes of two classes count as objects of their parent. */
const remains = { pools: 0, connections: 0, lanes: 0, requests: 2 } as const

/** What lives although all pools have ended. A timer or an event under way may hold something for a moment, a leak for ever. */
export async function survivors(): Promise<string[]> {
  for (let left = 5; ; left--) {
    const sample = await takeSample()
    const keys = Object.keys(remains) as (keyof typeof remains)[]
    const found = keys.filter((key) => sample[key] > remains[key])
    if (found.length === 0 || left === 0) return found.map((key) => `${sample[key]} ${key} live on when all pools have ended`)
    await sleep(1000)
  }
}

/** How much the last third of a series is above the middle third, by medians. The first third is for warming up. */
export function growth(series: readonly number[]): number {
  const third = Math.floor(series.length / 3)
  return median(series.slice(-third)) - median(series.slice(third, series.length - third))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
