// The same config and the same workload through every client, on real sockets: with polypool, and with each client's own settings.

import ora from 'ora'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import type { ConformanceClient } from '../../cli/src/conformance/client.ts'
import { optionsFor as trusting } from '../../cli/src/conformance/clients/shared.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import { clientNames } from '../../src/clients/index.ts'
import { formatValue } from '../../src/config/format.ts'
import { loadPools } from '../../src/files/index.ts'
import { nativePool } from './native.ts'
import { type Row, tableOf } from './table.ts'
import { breachesOf } from './verdict.ts'
import { runWorkload } from './workload.ts'

const pools = await loadPools({ file: new URL('../polypool.config.yaml', import.meta.url), env: false })
const config = pools.config()

const started = performance.now()
const spinner = ora({ text: 'starting the probe server', isEnabled: process.stderr.isTTY })
if (process.stderr.isTTY) spinner.start()
const probe = new RemoteProbe()
const pooled: Row[] = []
const native: Row[] = []
for (const [index, name] of clientNames.entries()) {
  const progress = `${name} (${index + 1} of ${clientNames.length})`
  if (spinner.isSpinning) spinner.text = progress
  else console.error(progress)
  const client = await loadClient({ driver: name })
  // Both at once, each with origins of its own.
  const [withPool, alone] = await Promise.all([runPooled(client), runNative(client)])
  pooled.push(withPool)
  native.push(alone)
}
spinner.stop()
await probe.stop()

console.log(tableOf('With polypool: one config for all', pooled))
console.log()
console.log(tableOf("With each client's nearest native settings (✗: does not hold)", native))
console.log(`\nLimits: ${limits()}`)

const broken = pooled.flatMap(({ client, breaches }) => Object.values(breaches).map((breach) => `${client}: ${breach}`))
for (const line of broken) console.error(`BROKEN  ${line}`)
console.log(
  broken.length === 0
    ? `Every limit held on all ${clientNames.length} clients (${Math.round((performance.now() - started) / 1000)} s).`
    : `${broken.length} limits broke.`,
)
// Native agents may keep their idle connections for ever.
process.exit(broken.length === 0 ? 0 : 1)

/** What the file sets, as it stands there. */
function limits(): string {
  const [pool] = pools.describe()
  const set = pool?.values.filter(({ origin }) => origin.from === 'file') ?? []
  return set.map(({ field, value }) => `${field} ${formatValue(field, value as never)}`).join(', ')
}

async function runPooled(client: ConformanceClient): Promise<Row> {
  const pool = pools.open(client.adapter, 'default', trusting(client.driver.family, { ca: probeCertificate }), { shared: false })
  const seen = await runWorkload(client.driver.open(client.module), pool, probe, config)
  const { evicted } = pool.stats()
  await pool.close()
  return { client: client.name, seen, evicted, breaches: breachesOf(seen, config) }
}

async function runNative(client: ConformanceClient): Promise<Row> {
  const pool = nativePool(client, config, probeCertificate)
  const seen = await runWorkload(client.driver.open(client.module), pool, probe, config)
  return { client: client.name, seen, evicted: null, breaches: breachesOf(seen, config) }
}
