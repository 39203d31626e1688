import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import type { ConformanceClient } from '../../cli/src/conformance/client.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import { draws } from '../draws.ts'
import { Http2Player } from './http2-player.ts'
import { type Http2Script, http2Scripts, tapped } from './http2-script.ts'

// More by hand, as of fuzz.test.ts: FUZZ_RUNS=5000 FUZZ_SEED=7 npx vitest run test/fuzz/http2
const runs = Number(process.env.FUZZ_RUNS ?? draws(120))
const limit = 3_600_000
/** The same scripts each time: a server of Node that says GOAWAY has races of its own, and what it makes of new ones is for a person to judge. */
const seed = Number(process.env.FUZZ_SEED ?? 13)

const clients = new Map<string, ConformanceClient>()
const probe = new RemoteProbe()

beforeAll(async () => {
  for (const driver of ['undici', 'fetch']) clients.set(driver, await loadClient({ driver }))
})
afterAll(() => probe.stop())

async function play(script: Http2Script): Promise<void> {
  // New ones each time, so that what a server was told is forgotten.
  const listen = (origin: number) => probe.listen({ http2: { tapped: origin === tapped } })
  const origins = [await listen(0), await listen(1)]
  await new Http2Player(script, clients.get(script.client) as ConformanceClient, probe, origins).play(script)
}

test(
  'random scripts over HTTP/2: requests, bodies, aborts, reconfiguration, and servers that refuse, change their SETTINGS, say GOAWAY, cut and fall silent',
  async () => {
    await fc.assert(fc.asyncProperty(http2Scripts, play), {
      numRuns: runs,
      seed,
      includeErrorInReport: true,
      endOnFailure: process.env.FUZZ_SHRINK !== '1',
    })
  },
  limit,
)
