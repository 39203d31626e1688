// Compares each engine with the client's own class in alternating rounds: `npm run bench`, and `npm run bench -- --write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { writeSection } from '../scripts/write-section.ts'
import { nodeHttpBytes, undiciBytes } from './memory.ts'
import type { Comparison } from './rounds.ts'
import { compareSides, Side } from './sides/side.ts'
import { connections } from './subjects.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '45' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

const loads = [
  {
    title: `50 in flight on ${connections} connections`,
    requests: 5_000,
    inFlight: 50,
    targets: { 'node-http': 1.1, undici: 1 },
  },
  {
    title: `500 in flight on ${connections} connections`,
    requests: 5_000,
    inFlight: 500,
    targets: { 'node-http': 1.1, undici: 1 },
  },
  { title: '20,000 waiting', requests: 20_000, inFlight: 20_000, targets: { 'node-http': 1.5, undici: 1 } },
] as const

const server = fork(new URL('./server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const spinner = ora().start()

spinner.text = 'memory of waiting requests'
const bytes = { 'node-http': await nodeHttpBytes(50_000), undici: await undiciBytes(50_000) }

const rows: string[] = []
const clients = new URL('./subjects.ts', import.meta.url)
for (const client of ['node-http', 'undici'] as const) {
  for (const { title, targets, ...load } of loads) {
    spinner.text = `${client}: ${title}`
    const measured = await compareSides((side) => Side.open(clients, [client, side, port]), {
      ...load,
      rounds,
      by: 'perCpuSecond',
    })
    rows.push(row(client, title, measured, targets[client]))
  }
}
spinner.stop()
server.disconnect()

const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores shared with the server, ${rounds} alternating rounds, medians. Requests for each second of processor time that the client took.`,
  '',
  '| client | load | native, req/CPU s | pool, req/CPU s | ratio | rounds from – to | wanted |',
  '|---|---|---:|---:|---:|---|---:|',
  ...rows,
  '',
  '| client | bytes a waiting request costs (50,000 of them) | wanted |',
  '|---|---:|---:|',
  ...Object.entries(bytes).map(([client, count]) => `| ${client} | ${Math.round(count)} | ≤ 600 |`),
].join('\n')
console.log(report)
if (values.write) writeSection(new URL('../docs/performance.md', import.meta.url), 'bench', report)
process.exit(0)

function row(client: string, load: string, { native, pool, ratio, lowest, highest }: Comparison, wanted: number): string {
  const cells = [
    client,
    load,
    count(native),
    count(pool),
    `**${ratio.toFixed(2)}**`,
    `${lowest.toFixed(2)} – ${highest.toFixed(2)}`,
    `≥ ${wanted.toFixed(1)}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function count(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en')
}
