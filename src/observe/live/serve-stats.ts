import type { Socket } from 'node:net'
import type { StatsOptions } from '../../adapter.ts'
import { PoolUnsupportedError } from '../../errors.ts'
import { subscribe } from '../channels.ts'
import { type Observed, type ObservedPool, ObservedPools } from '../observed.ts'
import { type OptionRules, readOptions, rule } from '../options.ts'
import { History, interval } from './history.ts'
import { reportLine } from './report.ts'
import { listenFor } from './socket.ts'

export interface ServeStatsOptions {
  /** Of a Unix socket, which is made so that only this user can open it (0600); on Windows the name of a pipe, as in `\\.\pipe\shop`. */
  path: string
}

/** Systems allow a little more than 100 bytes for the path of a socket. */
function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\0') && Buffer.byteLength(value) <= 90
}

const rules: OptionRules<ServeStatsOptions> = {
  place: 'the second argument of serveStats',
  example: '{ path: "/run/shop/polypool.sock" }',
  rules: { path: rule(isPath, 'a path of at most 90 bytes, such as "/run/shop/polypool.sock"') },
}

/**
 * Lets `npx @polypool/cli top` and `advise`, run by the same user, look into this process through a Unix socket. Keeps the last five minutes,
 * one sample every two seconds. Does not keep the process alive.
 *
 * Rejects with ERR_POOL_UNSUPPORTED if an argument is not a pool or not a path, if the path is in use, or if something other than a socket is there; with the
 * system's own error if the socket can't be made.
 *
 * @returns a function that stops it and removes the socket
 */
export async function serveStats(pools: Observed, options: ServeStatsOptions): Promise<() => Promise<void>> {
  const observed = new ObservedPools('serveStats', pools)
  const { path } = readOptions(options, rules)
  if (path === undefined) throw new PoolUnsupportedError(`serveStats: path is missing: pass ${rules.example}`)
  const reporter = new Reporter(observed)
  const sockets = new Set<Socket>()
  const stop = await listenFor(path, (socket) => {
    sockets.add(socket)
    socket.unref()
    // Whoever looks may leave at any time.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.write(reporter.report(true))
    // One report for each line, so that who is slow is told less, and nothing piles up.
    socket.on('data', () => {
      if (socket.writableLength === 0) socket.write(reporter.report(false))
    })
  })
  return async () => {
    reporter.stop()
    for (const socket of sockets) socket.destroy()
    await stop()
  }
}

/** Has pools measure waits and connects, for advice. */
const measured: StatsOptions = { histograms: true, perOrigin: true }

/** What is told, and what has been. */
class Reporter {
  readonly #observed: ObservedPools
  readonly #histories = new WeakMap<object, History>()
  readonly #unsubscribe: () => void
  readonly #timer: NodeJS.Timeout

  constructor(observed: ObservedPools) {
    this.#observed = observed
    this.#unsubscribe = subscribe('polypool:connection:close', ({ pool, reason }) => {
      const found = observed.find(pool)
      if (found !== undefined) this.#historyOf(found).countClose(reason)
    })
    for (const { pool } of observed.list()) pool.stats(measured)
    this.#sample()
    this.#timer = process.getBuiltinModule('node:timers').setInterval(() => this.#sample(), interval)
    this.#timer.unref()
  }

  report(withHistory: boolean): string {
    const pools = this.#observed.list().map((one) => {
      const { samples, closes } = this.#historyOf(one)
      const { config } = one.pool
      return { name: one.name, config, stats: one.pool.stats(measured), closes, ...(withHistory && { history: samples }) }
    })
    const { pid, title } = process
    return reportLine({ version: 1, pid, title, at: Date.now(), pools })
  }

  stop(): void {
    this.#unsubscribe()
    clearInterval(this.#timer)
  }

  #sample(): void {
    for (const one of this.#observed.list()) this.#historyOf(one).add(Date.now(), one.pool.stats())
  }

  #historyOf({ budget }: Pick<ObservedPool, 'budget'>): History {
    const known = this.#histories.get(budget) ?? new History()
    this.#histories.set(budget, known)
    return known
  }
}
