// What it costs to be seen: `node bench/observe.ts`. Ways to listen take turns within one process, each with a pool of its own and a block of
// requests at a time, 500 in flight on 50 connections: so they share compiled code, memory and slow moments, which differ far more between two
// processes than what is looked for. What counts is processor time, as a ratio to the block of the same round that nobody listened to; a second
// pool that nobody listens to shows what the measure itself is off by. The last line is of the recording alone.
import { execFile, fork } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { Pool } from '../src/adapter.ts'
import { channelNames } from '../src/observe/channels.ts'
import { Histogram } from '../src/pool/histogram.ts'
import { median, rate } from './rounds.ts'
import { open, type subjects } from './subjects.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    processes: { type: 'string', default: '3' },
    client: { type: 'string' },
    port: { type: 'string' },
  },
})

interface Way {
  readonly name: string
  readonly histograms?: true
  readonly channels?: true
}

const ways: readonly Way[] = [
  { name: 'nobody listens' },
  { name: 'nobody listens, once more' },
  { name: 'histograms', histograms: true },
  { name: 'all channels', channels: true },
  { name: 'both', histograms: true, channels: true },
]

const clients = ['node-http', 'undici'] as const
const block = 3000

/** Microseconds of processor time that a request costs: of each way, a number for each round. */
async function measure(client: keyof typeof subjects, port: number, rounds: number): Promise<number[][]> {
  const senders = ways.map(({ histograms }) => {
    const made: Pool<unknown>[] = []
    const note = (message: unknown) => void made.push((message as { pool: Pool<unknown> }).pool)
    subscribe('polypool:pool:create', note)
    const send = open(client, 'pool', port)
    unsubscribe('polypool:pool:create', note)
    if (histograms) for (const pool of made) pool.stats({ histograms, perOrigin: true })
    return send
  })
  const costs: number[][] = ways.map(() => [])
  // The first rounds warm all of them up.
  for (let round = -5; round < rounds; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      // Who comes after whom changes, as what one leaves behind the next has to collect.
      const at = (round % 2 === 0 ? turn + round + ways.length : ways.length - 1 - turn + round + ways.length) % ways.length
      const cost = await listened(ways[at]?.channels ?? false, senders[at] as () => Promise<void>)
      if (round >= 0) costs[at]?.push(cost)
    }
  }
  return costs
}

let seen = 0
const listener = () => void seen++

async function listened(channels: boolean, send: () => Promise<void>): Promise<number> {
  if (channels) for (const name of channelNames) subscribe(name, listener)
  const before = process.cpuUsage()
  await rate(send, block, 500)
  const { user, system } = process.cpuUsage(before)
  if (channels) for (const name of channelNames) unsubscribe(name, listener)
  return (user + system) / block
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

if (values.client !== undefined) {
  console.log(JSON.stringify(await measure(values.client as keyof typeof subjects, Number(values.port), Number(values.rounds))))
  process.exit(0)
}

const run = promisify(execFile)
const server = fork(new URL('./server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const own = fileURLToPath(import.meta.url)

for (const client of clients) {
  const ratios: number[][] = ways.map(() => [])
  const costs: number[][] = ways.map(() => [])
  for (let repeat = 0; repeat < Number(values.processes); repeat++) {
    const args = ['--client', client, '--port', String(port), '--rounds', values.rounds]
    const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', own, ...args])
    const measured = JSON.parse(stdout) as number[][]
    for (const [at, way] of measured.entries()) {
      costs[at]?.push(...way)
      ratios[at]?.push(median(way.map((cost, round) => cost / (measured[0]?.[round] ?? Number.NaN))))
    }
  }
  for (const [at, { name }] of ways.entries()) {
    const percents = (ratios[at] ?? []).map((ratio) => ((ratio - 1) * 100).toFixed(1))
    console.log(`${client}, ${name}: ${median(costs[at] ?? []).toFixed(1)} µs a request, ${percents.join(' / ')} %`)
  }
}
server.disconnect()

const recordings = Array.from({ length: 9 }, recording)
console.log(`recording alone: ${median(recordings).toFixed(1)} ns a value, least ${Math.min(...recordings).toFixed(1)}`)
