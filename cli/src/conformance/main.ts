import { parseArgs } from 'node:util'
import { loadClient, parseSource, sourceName, usualSources } from './catalog.ts'
import type { ClientSource, ConformanceClient } from './client.ts'
import { describe } from './expect.ts'
import { runConformance } from './run.ts'
import type { Result } from './run-case.ts'

// node cli/src/conformance/main.ts [--client got] [--client got:got14] [--filter caps/] [--repeat 3] [--quiet] [--json]
const { values } = parseArgs({
  options: {
    client: { type: 'string', multiple: true },
    filter: { type: 'string', default: '' },
    repeat: { type: 'string', default: '1' },
    quiet: { type: 'boolean', default: false },
    /** One result a line and the counts at the end, for other programs. */
    json: { type: 'boolean', default: false },
  },
})

const wanted = values.client?.map(parseSource)
const clients = await load(wanted ?? usualSources, wanted !== undefined)
// A second client under the same budget is one of these, also when only one client is asked for.
const peers = await load([{ driver: 'node-http' }, { driver: 'undici' }, { driver: 'axios' }], false)

const results: Result[] = []
for (let round = 0; round < Number(values.repeat); round++) {
  results.push(...(await runConformance({ clients, peers, filter: values.filter, onResult: print })))
}
const count = (status: Result['status']) => results.filter((result) => result.status === status).length
const counts = { passed: count('passed'), absent: count('absent'), failed: count('failed') }
console.log(values.json ? JSON.stringify(counts) : `${counts.passed} passed, ${counts.absent} absent, ${counts.failed} failed`)
process.exitCode = count('failed') > 0 ? 1 : 0

async function load(sources: readonly ClientSource[], mustLoad: boolean): Promise<ConformanceClient[]> {
  const loaded: ConformanceClient[] = []
  for (const source of sources) {
    try {
      loaded.push(await loadClient(source))
    } catch (error) {
      if (mustLoad) throw error
      console.error(`not there   ${sourceName(source)}: ${describe(error)}`)
    }
  }
  return loaded
}

function print({ client, scenario, status, ms, error }: Result): void {
  if (values.json) {
    console.log(JSON.stringify({ client, scenario, status, ms, ...(status === 'failed' ? { error: describe(error) } : {}) }))
    return
  }
  if (values.quiet && status !== 'failed') return
  console.log(`${status.padEnd(7)} ${client} ${scenario} ${Math.round(ms)} ms`)
  if (status === 'failed') console.log(`        ${describe(error)}`)
}
