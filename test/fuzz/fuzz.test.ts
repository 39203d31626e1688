import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { loadClient, usualSources } from '../../cli/src/conformance/catalog.ts'
import type { ConformanceClient } from '../../cli/src/conformance/client.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import { draws } from '../draws.ts'
import { Player } from './player.ts'
import { originCount, type Script, scripts } from './script.ts'

// More by hand: FUZZ_RUNS=5000 FUZZ_SEED=7 npx vitest run test/fuzz. With FUZZ_SHRINK=1 what fails is made as short as it gets, which may take an
// hour; FUZZ_PATH, as printed with the seed, plays one script.
const runs = Number(process.env.FUZZ_RUNS ?? draws(400))
const limit = 3_600_000
const { FUZZ_SEED, FUZZ_PATH, FUZZ_SHRINK } = process.env
const given = { ...(FUZZ_SEED && { seed: Number(FUZZ_SEED) }), ...(FUZZ_PATH && { path: FUZZ_PATH }) }

const clients = new Map<string, ConformanceClient>()
const probe = new RemoteProbe()
const ports: number[] = []

beforeAll(async () => {
  for (const source of usualSources) {
    const client = await loadClient(source)
    clients.set(client.name, client)
  }
  for (let origin = 0; origin < originCount; origin++) ports.push((await probe.listen()).port)
})
afterAll(() => probe.stop())

test(
  'random scripts of requests, bodies, aborts, hooks, faults and reconfiguration on every client, alone and two on one budget',
  async () => {
    const names = [...usualSources.map(({ driver }) => driver)]
    await fc.assert(
      fc.asyncProperty(scripts(names), (script: Script) => new Player(script, clients, probe, ports).play(script)),
      { numRuns: runs, ...given, endOnFailure: FUZZ_SHRINK !== '1', includeErrorInReport: true },
    )
  },
  limit,
)
