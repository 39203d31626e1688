import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { PoolConfig } from '../../src/config/types.ts'
import { wallClock } from '../time.ts'
import { always } from './answers.ts'
import type { AnyPool, Engine, EngineName } from './engines.ts'
import { type Expected, mismatch, type Outcome, show, whole } from './expected.ts'
import type { FaultServer, Origin } from './fault-server.ts'
import { openSockets } from './os-view.ts'
import type { OriginScript } from './server/script.ts'

export interface FaultRequest {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  /** The caller aborts it after so many milliseconds. */
  readonly abortAfter?: number
  /** Waits so many milliseconds before it is sent. */
  readonly after?: number
  /** Blocks the client's event loop until this file is there, so that what the server has done before lies unread in the kernel. */
  readonly afterFile?: string
  /** Opens this gate of the server, and sees to it that what the server does then has come. */
  readonly afterGate?: string
  /** Waits until the server has come to the end of the scripts of so many connections, and what it has done last has come. */
  readonly afterScripts?: number
}

/** For every engine, or by engine; undici 7 is as undici 8 unless it is named. */
type Count = number | ({ readonly [E in EngineName]?: number } & { readonly undici: number })

/** One fault: what the server does, what is asked of it, and what the caller must get. */
export interface Fault {
  readonly name: string
  readonly script: Omit<OriginScript, 'scheme'>
  /** Default: http alone. */
  readonly schemes?: readonly ('http' | 'https')[]
  /** It has a meaning over HTTP/2 too, and is run there. */
  readonly http2?: boolean
  /** On top of `maxConnections: 1`. */
  readonly config?: PoolConfig
  /** For the faulty origin alone. */
  readonly connectTimeout?: number
  /** One after the other; default: one GET. */
  readonly requests?: readonly FaultRequest[]
  /** By request. */
  readonly expected: readonly Expected[]
  /** Requests that the server got, by number or in full. */
  readonly seen?: Count | readonly string[]
  /** Connections that the server accepted. */
  readonly connections?: Count
}

/** Far above what any case takes, also on a machine that has thirty times as much to do as it can: what has not ended by then hangs. */
const hangs = 90_000

/** For tests, longer than a request that hangs. */
export const testTimeout = 900_000

/** Where it is not what is tested. */
export const acquireTimeout = 60_000

/**
 * Runs a fault, and then whatever it was: the place is free for another origin under a limit of one, the pool's books agree with the
 * operating system's, and the pool closes.
 */
export async function runFault(server: FaultServer, engine: Engine, scheme: 'http' | 'https', fault: Fault): Promise<void> {
  const http2 = engine.http2 === true
  const origin = await server.listen({ ...fault.script, scheme, http2 })
  const other = await server.listen({ connections: [always('good')], http2 })
  const origins = [origin, other]
  const { connectTimeout } = fault
  const hosts = connectTimeout === undefined ? {} : { [`127.0.0.1:${origin.port}`]: { connectTimeout } }
  const pool = engine.createPool({ maxConnections: 1, acquireTimeout, hosts, ...fault.config })
  try {
    for (const [at, request] of (fault.requests ?? [{}]).entries()) {
      const outcome = await askAfter(engine, pool, origin, request)
      const expected = fault.expected[at] ?? whole('ok')
      expect(mismatch(expected, outcome, engine.name), `request ${at + 1}`).toBe(null)
    }
    await settled(pool, origins)
    await recovers(engine, pool, other, origins)
    const report = await origin.report()
    const { seen, connections } = fault
    if (isList(seen)) expect(report.requests).toEqual(seen)
    else if (seen !== undefined) expect(report.requests).toHaveLength(ofEngine(seen, engine.name))
    if (connections !== undefined) expect(report.accepted, 'connections').toBe(ofEngine(connections, engine.name))
    await inTime(pool.close(), 'close()')
    await settled(pool, origins, 0)
  } finally {
    await inTime(pool.destroy(), 'destroy()')
  }
}

async function askAfter(engine: Engine, pool: AnyPool, origin: Origin, request: FaultRequest): Promise<Outcome> {
  const { after, afterGate, afterScripts, afterFile } = request
  if (after !== undefined) await sleep(after)
  if (afterGate !== undefined) {
    await origin.openGate(afterGate)
    // The server has written by the time that it answers this, and some turns of the event loop later it has been read.
    await origin.report()
    await turns()
  }
  if (afterScripts !== undefined) {
    while ((await origin.report()).finished < afterScripts) await sleep(5)
    await turns()
  }
  if (afterFile !== undefined) blockUntil(afterFile)
  return ask(engine, pool, origin.url, request)
}

/** Turns of the event loop in which what has reached this host is read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await sleep(4)
}

function blockUntil(file: string): void {
  const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  const elapsed = wallClock()
  while (!existsSync(file)) {
    if (elapsed() > hangs) expect.fail('the server has not come to write the file')
    wait(5)
  }
  rmSync(file)
  // A connection that has idled for less than some 10 ms is not looked at.
  wait(20)
}

/** One request and how it ended. A request that does not end fails the test. */
export function ask(engine: Engine, pool: AnyPool, url: string, request: FaultRequest = {}): Promise<Outcome> {
  return inTime(outcomeOf(engine, pool, url, request), 'the request')
}

async function outcomeOf(engine: Engine, pool: AnyPool, url: string, request: FaultRequest): Promise<Outcome> {
  const { method = 'GET', abortAfter, body, headers } = request
  const abort = new AbortController()
  const timer = abortAfter === undefined ? undefined : setTimeout(() => abort.abort(), abortAfter)
  const parts = { method, ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) }
  try {
    const started = await engine.start(pool, { url, ...parts, ...(timer === undefined ? {} : { signal: abort.signal }) })
    return { status: started.status, body: await started.read() }
  } catch (error) {
    return { error }
  } finally {
    clearTimeout(timer)
  }
}

/** The only place is free: a request to another origin gets its answer. */
export async function recovers(engine: Engine, pool: AnyPool, other: Origin, origins: readonly Origin[]): Promise<void> {
  const outcome = await ask(engine, pool, other.url)
  expect(show(outcome), 'a good request to another origin').toBe(show({ status: 200, body: 'good' }))
  await settled(pool, origins)
}

/** Nothing runs or waits, and the pool and the operating system count the same sockets. */
export async function settled(pool: AnyPool, origins: readonly Origin[], open?: number): Promise<void> {
  const elapsed = wallClock()
  for (;;) {
    const { active, idle, pending, open: held } = pool.stats()
    const quiet = active === 0 && pending === 0 && idle === held && (open === undefined || held === open)
    const system = quiet ? await openSockets(origins) : Number.NaN
    // The same afterwards: nothing has come or gone while the system was asked.
    if (quiet && system === held && pool.stats().open === held) return
    const found = `open ${held}, active ${active}, idle ${idle}, pending ${pending}; sockets ${system}`
    if (elapsed() > hangs) expect.fail(`the pool did not settle at ${open ?? 'idle connections only'}: ${found}`)
    await sleep(5)
  }
}

export function inTime<T>(work: Promise<T>, what: string, limit = hangs): Promise<T> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), limit)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function ofEngine(count: Count, engine: EngineName): number {
  return typeof count === 'number' ? count : (count[engine] ?? count.undici)
}

function isList(seen: Fault['seen']): seen is readonly string[] {
  return Array.isArray(seen)
}
