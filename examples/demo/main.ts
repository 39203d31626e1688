// The same config and the same workload through seven clients, on real sockets: with polypool, and with each client's own settings.
import { readFileSync } from 'node:fs'
import ora from 'ora'
import { parse } from 'yaml'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { loadClient } from '../../src/conformance/catalog.ts'
import type { ConformanceClient } from '../../src/conformance/client.ts'
import { nativeOptions as trusting } from '../../src/conformance/clients/shared.ts'
import { probeCertificate } from '../../src/conformance/probe/certificates.ts'
import { RemoteProbe } from '../../src/conformance/probe/remote.ts'
import { nativePool } from './native.ts'
import { type Row, tableOf } from './table.ts'
import { breachesOf } from './verdict.ts'
import { runWorkload } from './workload.ts'

const clients = ['undici', 'fetch', 'axios', 'got', 'node-fetch', 'agentkeepalive', 'node-http']

const file = new URL('../polypool.config.yaml', import.meta.url)
const { pools } = parse(readFileSync(file, 'utf8')) as { pools: { default: PoolConfig } }
const { config } = parsePoolConfig(pools.default)

const started = performance.now()
const spinner = ora({ text: 'starting the probe server', isEnabled: process.stderr.isTTY })
if (process.stderr.isTTY) spinner.start()
const probe = new RemoteProbe()
const pooled: Row[] = []
const native: Row[] = []
for (const [index, name] of clients.entries()) {
  const progress = `${name} (${index + 1} of ${clients.length})`
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
console.log(
  `\nLimits: ${Object.entries(pools.default)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ')}`,
)

const broken = pooled.flatMap(({ client, breaches }) => Object.values(breaches).map((breach) => `${client}: ${breach}`))
for (const line of broken) console.error(`BROKEN  ${line}`)
console.log(
  broken.length === 0
    ? `Every limit held on all ${clients.length} clients (${Math.round((performance.now() - started) / 1000)} s).`
    : `${broken.length} limits broke.`,
)
// Native agents may keep their idle connections for ever.
process.exit(broken.length === 0 ? 0 : 1)

async function runPooled(client: ConformanceClient): Promise<Row> {
  const pool = client.adapter.createPool(pools.default, trusting(client.driver.family, { ca: probeCertificate }))
  const seen = await runWorkload(client.driver.open(client.module), pool, probe, config)
  const { evicted } = pool.stats()
  await pool.close()
  return { client: client.name, seen, evicted, breaches: breachesOf(seen, config) }
}

async function runNative(client: ConformanceClient): Promise<Row> {
  const pool = nativePool(client, pools.default, probeCertificate)
  const seen = await runWorkload(client.driver.open(client.module), pool, probe, config)
  return { client: client.name, seen, evicted: null, breaches: breachesOf(seen, config) }
}
