// What it costs to be seen: `node bench/observe.ts`. Each way to listen runs in a process of its own, in turn, and is measured by the processor
// time of that process alone: 500 requests in flight on 50 connections. The last line is of the recording alone.
import { execFile, fork } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { Pool } from '../src/adapter.ts'
import { channelNames } from '../src/observe/channels.ts'
import { Histogram } from '../src/pool/histogram.ts'
import { median, rate } from './rounds.ts'
import { nodeHttpSubject, undiciSubject } from './subjects.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    run: { type: 'string' },
    client: { type: 'string' },
    port: { type: 'string' },
  },
})

/** Of what is listened to, how. */
const ways: { [way: string]: (pools: Pool<unknown>[]) => void } = {
  'nobody listens': () => {},
  histograms: (pools) => {
    for (const pool of pools) pool.stats({ histograms: true, perOrigin: true })
  },
  'all channels': () => {
    let seen = 0
    for (const name of channelNames) subscribe(name, () => seen++)
  },
}
ways.both = (pools) => {
  ways.histograms?.(pools)
  ways['all channels']?.(pools)
}

const clients = { 'node-http': nodeHttpSubject, undici: undiciSubject }
const requests = 20_000

/** Microseconds of processor time that a request costs. */
async function measure(way: string, client: keyof typeof clients, port: number): Promise<number> {
  const pools: Pool<unknown>[] = []
  subscribe('polypool:pool:create', (message) => pools.push((message as { pool: Pool<unknown> }).pool))
  const { pool: send } = clients[client](port)
  ways[way]?.(pools)
  await rate(send, requests, 500)
  const before = process.cpuUsage()
  await rate(send, requests, 500)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

/** Nanoseconds of processor time to put a wait into a histogram, the loop about it included. */
function recording(): number {
  const histogram = new Histogram()
  const waits = Float64Array.from({ length: 4096 }, () => Math.random() ** 4 * 1000)
  const times = 20_000
  let begun = process.cpuUsage()
  for (let time = -times; time < times; time++) {
    // The first half warms it up.
    if (time === 0) begun = process.cpuUsage()
    for (const wait of waits) histogram.record(wait)
  }
  const { user, system } = process.cpuUsage(begun)
  return ((user + system) * 1000) / (times * waits.length)
}

if (values.run !== undefined) {
  console.log(await measure(values.run, values.client as 'undici', Number(values.port)))
  process.exit(0)
}

const run = promisify(execFile)
const server = fork(new URL('./server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const own = fileURLToPath(import.meta.url)

for (const client of Object.keys(clients)) {
  const costs = new Map(Object.keys(ways).map((way) => [way, [] as number[]]))
  for (let round = 0; round < Number(values.rounds); round++) {
    const order = round % 2 === 0 ? [...costs] : [...costs].reverse()
    for (const [way, measured] of order) {
      const { stdout } = await run(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        own,
        '--run',
        way,
        '--client',
        client,
        '--port',
        String(port),
      ])
      measured.push(Number(stdout))
    }
  }
  const base = costs.get('nobody listens') ?? []
  for (const [way, measured] of costs) {
    const ratio = median(measured.map((cost, round) => cost / (base[round] ?? Number.NaN)))
    console.log(
      `${client}, ${way}: ${median(measured).toFixed(1)} µs a request, least ${Math.min(...measured).toFixed(1)}, ${((ratio - 1) * 100).toFixed(1)} %`,
    )
  }
}
server.disconnect()

const recordings = Array.from({ length: Number(values.rounds) }, recording)
console.log(`recording alone: ${median(recordings).toFixed(1)} ns a value, least ${Math.min(...recordings).toFixed(1)}`)
