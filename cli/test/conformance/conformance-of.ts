import { afterAll, describe, it } from 'vitest'
import { loadClient, sourceName } from '../../src/conformance/catalog.ts'
import type { ClientSource, ConformanceClient } from '../../src/conformance/client.ts'
import { planCases } from '../../src/conformance/plan.ts'
import { runCase } from '../../src/conformance/run-case.ts'

/** Declares one test per scenario for one client. Each client has a test file, and so a process, of its own. */
export async function conformanceOf(source: ClientSource): Promise<void> {
  const { alias = {} } = source
  const clients = [await loadClient(source)]
  const peers: ConformanceClient[] = []
  for (const driver of ['node-http', 'undici', 'axios']) peers.push(await loadClient({ driver, alias }))
  const slow: string[] = []
  describe(sourceName(source), () => {
    for (const one of planCases({ clients, peers })) {
      it(one.name, async ({ annotate }) => {
        const { status, error, ms } = await runCase(one)
        if (ms > 2000) slow.push(`${one.name}: ${Math.round(ms)} ms`)
        if (status === 'failed') throw error
        if (status === 'absent') await annotate('absent: the adapter declares it unsupported, and so it is')
      })
    }
    afterAll(() => {
      if (slow.length > 0) console.log(`slow with ${sourceName(source)}: ${slow.join(', ')}`)
    })
  })
}
