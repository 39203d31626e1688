import { describe, expect, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { LagMeter } from '../../cli/src/conformance/lag.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { nodeAgents } from '../../test/stale/node-agents-suite.ts'
import { ClosingServer } from './closing-server.ts'
import type { ClosingOptions } from './server/options.ts'
import { codeOf, openPool, send, type Traffic } from './traffic.ts'

// Whoever closes first must be the client, so the margin must be longer than either of the two processes may be busy at one time:
// a second is too short on a machine with ten times as much to do as it can (measured).
const margin = 5000

async function left(
  driver: string,
  config: PoolConfig,
  closing: Omit<ClosingOptions, 'seed'>,
  traffic: Omit<Traffic, 'port' | 'seed' | 'method'>,
) {
  const client = await loadClient({ driver })
  using lag = new LagMeter()
  await using server = await ClosingServer.start({ seed: 1, ...closing })
  await using pool = openPool(client, config)
  const handle = client.driver.open(client.module)
  const { failures, idled } = await send(handle, pool, { ...traffic, port: server.port, seed: 2, method: 'POST' })
  const { reused, expired } = pool.stats()
  console.log(`${driver} POST: ${traffic.requests} requests, ${reused} on an idle connection, left ${failures.length}`)
  return { failures, idled, reused, expired, lag: lag.longest, closedByServer: (await server.report()).closed }
}

/** Callers that came back within half of the time that a connection was to be kept: most of them must have found theirs. */
const within = (ms: number, idled: readonly number[]) => idled.filter((idle) => idle < ms / 2).length

describe('20,000 POSTs, and none is lost', () => {
  test.each(nodeAgents)('with keepAliveExpiry below the server’s own: %s', async (driver) => {
    const closing = { closesAfter: [300 + margin, 600 + margin] } as const
    const { failures, idled, reused, expired, lag, closedByServer } = await left(driver, { keepAliveExpiry: 300 }, closing, {
      requests: 4000,
      connections: 200,
      think: [0, 400],
    })
    expect(failures.map(codeOf)).toEqual([])
    expect(expired).toBeGreaterThan(0)
    // Several turns come between an answer and the expiry of its connection.
    if (lag < margin / 5) expect(closedByServer).toBe(0)
    // Where one takes as long as a connection may idle, none can be reused.
    if (lag > 300) return
    expect(within(300, idled)).toBeGreaterThan(0)
    expect(reused).toBeGreaterThan(within(300, idled) / 2)
  })

  test.each(['node-http', 'undici'])('with keepAliveHintMargin and a server that tells its timeout: %s', async (driver) => {
    const closing = { closesAfter: [7000, 7010], hint: 'timeout=7' } as const
    const config = { keepAliveExpiry: '20s', keepAliveHintMargin: margin } as const
    // 2 s are left: some come back within that time, some just after it.
    const [soon, late] = await Promise.all([
      left(driver, config, closing, { requests: 1000, connections: 100, think: [300, 700] }),
      left(driver, config, closing, { requests: 200, connections: 100, think: [2200, 2700] }),
    ])
    expect([...soon.failures, ...late.failures].map(codeOf)).toEqual([])
    expect([soon.closedByServer, late.closedByServer]).toEqual([0, 0])
    expect(within(2000, soon.idled)).toBeGreaterThan(0)
    expect(soon.reused).toBeGreaterThan(within(2000, soon.idled) / 2)
    expect(late.reused).toBe(0)
  })
})
