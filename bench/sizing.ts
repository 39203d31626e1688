// How pool size, throughput and waiting hang together: one random load through pools of several sizes, beside what queueing theory (M/M/c) says of it.
// `npm run bench:sizing`, with `-- --write` for docs/sizing.md. All sizes run at one time: each only waits for a server.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createPool } from '../adapters/node-http.ts'
import { shareThatWaits } from '../cli/src/commands/size/queueing.ts'
import { root } from '../scripts/root.ts'
import { writeSection } from '../scripts/write-section.ts'
import { Random } from '../test/random.ts'
import { drawSizing, type Point } from './sizing-plot.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '150' },
    replicas: { type: 'string', default: '8' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const replicas = Number(values.replicas)
/** Until a queue is as long as it will be in the mean. */
const warmUp = seconds / 5

/** Requests a second, at random (Poisson), and the mean of how long the server takes for one (exponentially distributed), in milliseconds. */
const load = { rate: 5, mean: 1000 }
const busy = (load.rate * load.mean) / 1000
const sizes = [2, 3, 4, 5, 6, 7, 8, 10, 12, 16]

const server = fork(new URL('./sizing-server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const resolution = 5
const late = monitorEventLoopDelay({ resolution })
late.enable()
const points = await Promise.all(sizes.map(pointOf))
server.kill()

/** What Node tells includes the time between two looks. */
const lateBy = (percentile: number) => late.percentile(percentile) / 1e6 - resolution
const milliseconds = (value: number) => (Number.isFinite(value) ? `${Math.round(value)} ms` : 'without end')
const perSecond = (value: number) => value.toFixed(1)
const rows = points.map(
  ({ size, throughput, p99, theory }) =>
    `| ${size} | ${perSecond(throughput)} | ${perSecond(theory.throughput)} | ${milliseconds(p99)} | ${milliseconds(theory.p99)} |`,
)
const report = [
  `Requests come at random, ${load.rate} a second; the server takes ${load.mean} ms for each in the mean, exponentially distributed; so ${busy} are in use in the mean.`,
  `Each size ${replicas} times for ${seconds} s, of which the last ${seconds - warmUp} s count, \`acquireTimeout\` unlimited. The process was late by ${lateBy(50).toFixed(1)} ms in the median, ${lateBy(99).toFixed(0)} ms in the slowest percentile.`,
  '',
  '| `maxConnections` | answers a second | M/M/c | p99 of a request | M/M/c |',
  '|---:|---:|---:|---:|---:|',
  ...rows,
].join('\n')
console.log(report)
if (values.write) {
  writeSection(new URL('docs/sizing.md', root), 'curves', report)
  writeFileSync(new URL('docs/sizing.svg', root), drawSizing(points, { rate: load.rate, busy }))
}

/** Several runs of different draws together: one alone would need to be as much longer. */
async function pointOf(size: number): Promise<Point> {
  const runs = await Promise.all(Array.from({ length: replicas }, (_, seed) => measure(size, seed + 1)))
  const times = runs.flatMap((run) => run.times).sort((a, b) => a - b)
  const answered = runs.reduce((sum, run) => sum + run.answered, 0)
  const p99 = size > busy ? (times[Math.floor(times.length * 0.99)] ?? Number.NaN) : Number.POSITIVE_INFINITY
  return { size, throughput: answered / replicas / (seconds - warmUp), p99, theory: theoryOf(size) }
}

async function measure(size: number, seed: number): Promise<{ readonly times: readonly number[]; readonly answered: number }> {
  const pool = createPool({ maxConnections: size, acquireTimeout: 'unlimited', keepAliveExpiry: '1m' }, {}, { warnings: false })
  const random = new Random(seed)
  const exponential = (mean: number) => -Math.log(1 - random.next()) * mean
  const times: number[] = []
  const start = performance.now()
  let answered = 0
  const request = (due: number, take: number) =>
    new Promise<void>((resolve) => {
      const sent = get(`http://127.0.0.1:${port}/?take=${take.toFixed(1)}`, { agent: pool.options.http }, (response) => {
        response.resume().on('end', () => {
          const now = performance.now() - start
          if (due >= warmUp * 1000) times.push(now - due)
          if (now >= warmUp * 1000 && now < seconds * 1000) answered++
          resolve()
        })
      })
      // What still waits at the end is given up with the pool.
      sent.on('error', () => resolve())
    })
  const sent: Promise<void>[] = []
  // Each is due at a time of its own, whatever has become of those before: callers out there do not wait for one another.
  for (let due = exponential(1000 / load.rate); due < seconds * 1000; due += exponential(1000 / load.rate)) {
    const wait = due - (performance.now() - start)
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    sent.push(request(due, exponential(load.mean)))
  }
  if (size <= busy) await pool.destroy()
  await Promise.all(sent)
  await pool.destroy()
  return { times, answered }
}

/** M/M/c: who finds a connection free is served at once; who does not waits an exponentially distributed time. */
function theoryOf(size: number): Point['theory'] {
  if (size <= busy) return { throughput: (size * 1000) / load.mean, p99: Number.POSITIVE_INFINITY }
  const share = shareThatWaits(size, busy)
  const served = 1 / load.mean
  const drained = (size - busy) / load.mean
  const longer = (time: number) => {
    const atOnce = Math.exp(-served * time)
    const both =
      drained === served
        ? (1 + served * time) * atOnce
        : (drained * atOnce - served * Math.exp(-drained * time)) / (drained - served)
    return (1 - share) * atOnce + share * both
  }
  let [low, high] = [0, 100 * load.mean]
  while (high - low > 0.01) {
    const middle = (low + high) / 2
    if (longer(middle) > 0.01) low = middle
    else high = middle
  }
  return { throughput: load.rate, p99: low }
}
