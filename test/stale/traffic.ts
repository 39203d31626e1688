import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyPool, ConformanceClient } from '../../cli/src/conformance/client.ts'
import { optionsFor } from '../../cli/src/conformance/clients/shared.ts'
import type { ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { loopback } from '../../cli/src/conformance/lookups.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { Random } from '../random.ts'
import { wallClock } from '../time.ts'

/** Requests over many connections, each of which idles between two of its requests. */
export interface Traffic {
  readonly port: number
  readonly requests: number
  /** As many hosts, each with one caller: so a connection idles just as long as its caller thinks. */
  readonly connections: number
  /** Milliseconds between an answer and the caller's next request. */
  readonly think: readonly [from: number, to: number]
  readonly method?: string
  readonly seed: number
}

/** A request that its caller saw fail. */
export interface Failure {
  readonly id: string
  readonly error: unknown
}

export function openPool(client: ConformanceClient, config: PoolConfig): AnyPool {
  const unlimited = { maxConnections: 'unlimited' } as const
  return client.adapter.createPool({ ...unlimited, ...config }, optionsFor(client.driver.family, { lookup: loopback }))
}

export interface Sent {
  readonly failures: readonly Failure[]
  /** Milliseconds from the answer of a request to the next one of the same caller, as this process saw them. */
  readonly idled: readonly number[]
}

/** Sends the requests, and gives those that failed. */
export async function send(client: ClientHandle, pool: AnyPool, traffic: Traffic): Promise<Sent> {
  const { port, requests, connections, think, method = 'GET', seed } = traffic
  const random = new Random(seed)
  const failures: Failure[] = []
  const idled: number[] = []
  const caller = async (own: Random, host: number) => {
    // They do not begin all at once.
    await sleep(own.between(0, think[1]))
    let idle = () => Number.NaN
    for (let sent = host; sent < requests; sent += connections) {
      const id = `/${sent}`
      if (sent > host) idled.push(idle())
      try {
        const request = { url: `http://h${host}.test:${port}${id}`, method, ...(method === 'POST' ? { body: 'x' } : {}) }
        const { status, read } = await client.start(pool, request)
        const body = await read()
        if (status !== 200 || body !== 'ok') throw new Error(`answered ${status} "${body}"`)
      } catch (error) {
        failures.push({ id, error })
      }
      idle = wallClock()
      await sleep(own.between(...think))
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, host) => caller(random.fork(), host)))
  return { failures, idled }
}

/** The error's code, or that of what the client has wrapped; for want of one, the whole error. */
export function codeOf({ error }: Failure): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown }
    if (typeof code === 'string') return code
  }
  return String(error)
}

/** `ECONNRESET 12, EPIPE 1` */
export function countCodes(failures: readonly Failure[]): string {
  const counts = new Map<string, number>()
  for (const failure of failures) counts.set(codeOf(failure), (counts.get(codeOf(failure)) ?? 0) + 1)
  return [...counts].map(([code, count]) => `${code} ${count}`).join(', ') || 'none'
}
