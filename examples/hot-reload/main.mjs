// The limits of a running process follow its config file; a broken file changes nothing.
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadPools } from 'polypool'
import * as fetchPool from 'polypool/fetch'
import { atOnce, upstream } from '../upstream.mjs'

// A copy, so that the example is the same each time.
const folder = await mkdtemp(path.join(tmpdir(), 'hot-reload-'))
const file = path.join(folder, 'polypool.config.yaml')
await copyFile(new URL('polypool.config.yaml', import.meta.url), file)

const pools = await loadPools({ file, watch: true })
const pool = pools.open(fetchPool)

// The watched file alone keeps no process alive, a server does.
const backend = await upstream()

async function burst() {
  await atOnce(20, async () => (await pool.fetch(backend.url)).json())
  console.log(`20 requests at once: ${backend.seen.peak} connections`)
}

await burst()

await writeFile(file, 'pools: { default: { maxConnections: 5 } }\n')
const [{ names }] = await once(pools, 'change')
console.log(`changed: ${names}`)
await burst()

// A service logs it: the old limits go on.
const broken = once(pools, 'change').catch((error) => error)
await writeFile(file, 'pools: { default: { maxConnections: -1 } }\n')
const { code } = await broken
console.log(`refused: ${code}`)
await burst()

await pools.close()
backend.close()
await rm(folder, { recursive: true })
