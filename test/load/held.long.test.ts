import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import type { AnyPool } from '../../cli/src/conformance/client.ts'
import { optionsFor } from '../../cli/src/conformance/clients/shared.ts'
import { loopback } from '../../cli/src/conformance/lookups.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import { wallClock } from '../time.ts'
import { HoldingServer } from './holding-server.ts'

const origins = 5000
const connections = 2000
const waiting = 20_000
const requests = connections + waiting

/** The kernel's limit on open files, which node raises to what it may be by itself. Only Linux tells. */
function descriptors(): number {
  try {
    return Number(/Max open files +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

describe(`${origins} origins, ${waiting} waiting requests, ${connections} connections`, () => {
  test.each([{ drivers: ['node-http'] }, { drivers: ['undici'] }, { drivers: ['node-http', 'undici'] }])(
    'under one pool: $drivers',
    async ({ drivers }) => {
      expect(descriptors(), 'open files that the system allows: see ulimit -n').toBeGreaterThan(connections + 200)
      const clients = await Promise.all(drivers.map((driver) => loadClient({ driver })))
      await using server = await HoldingServer.start()
      using sockets = new SocketCounter(new Set([server.port]))
      const config = { maxConnections: connections, acquireTimeout: 'unlimited', connectTimeout: 'unlimited' } as const
      const pools: AnyPool[] = []
      for (const { adapter, driver } of clients) {
        pools.push(adapter.createPool(pools[0] ?? config, optionsFor(driver.family, { lookup: loopback })))
      }
      const [pool] = pools
      if (pool === undefined) throw new Error('there is no pool')
      const handles = clients.map(({ driver, module }) => driver.open(module))
      const elapsed = wallClock()

      /** The order of the answers, by the order of asking. */
      const answered: number[] = []
      const ask = async (asked: number) => {
        const at = asked % clients.length
        const handle = handles[at]
        const own = pools[at]
        if (handle === undefined || own === undefined) throw new Error('there is no client')
        const { read } = await handle.start(own, { url: `http://h${asked % origins}.test:${server.port}/` })
        expect(await read()).toBe('ok')
        answered.push(asked)
      }
      const all = Promise.all(Array.from({ length: requests }, (_, asked) => ask(asked)))
      while ((await server.report()).requests < connections) await sleep(20)
      const { open, active, pending, hosts } = pool.stats()
      expect({ open, active, pending, hosts: Object.keys(hosts).length }).toEqual({
        open: connections,
        active: connections,
        pending: waiting,
        hosts: origins,
      })
      const held = elapsed()
      await server.release()
      await all

      expect(answered.length).toBe(requests)
      expect(sockets.peak, 'sockets open at one time').toBe(connections)
      expect(pool.stats()).toMatchObject({ active: 0, pending: 0, acquireTimeouts: 0, rejected: 0 })
      console.log(
        `${drivers.join(' and ')}: ${requests} requests sent in ${Math.round(held)} ms, answered in ${Math.round(elapsed() - held)} ms, ` +
          `${pool.stats().created} connections; the most overtaken request fell ${furthestOvertaken(answered)} places behind`,
      )
      await Promise.all(pools.map((one) => one.destroy()))
    },
  )
})

/** By how many places the answer that was most delayed came later than in the order of asking. */
function furthestOvertaken(answered: readonly number[]): number {
  return answered.reduce((furthest, asked, place) => Math.max(furthest, place - asked), 0)
}
