// Compares HTTP/2 in a pool with undici's own Agent and with HTTP/1.1: `npm run bench:http2`, with `-- --write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { writeSection } from '../scripts/write-section.ts'
import { connections, type Protocol } from './sides/http2.ts'
import { compareSides, Side } from './sides/side.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '25' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

const inFlight = 50
// Many short rounds: what else the machine does strikes both of each.
const loads = [
  { delay: 0, requests: 5000 },
  { delay: 20, requests: 1000 },
] as const

const others: readonly Protocol[] = ['undici’s Agent, HTTP/2', 'a pool, HTTP/1.1']

const server = fork(new URL('./http2-server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const protocols = new URL('./sides/http2.ts', import.meta.url)

const spinner = ora().start()
const rows: string[] = []
for (const { delay, requests } of loads) {
  for (const other of others) {
    spinner.text = `${delay} ms: ${other}`
    const names = { native: other, pool: 'a pool, HTTP/2' } as const satisfies Record<string, Protocol>
    const measured = await compareSides((side) => Side.open(protocols, [names[side], delay, port]), {
      requests,
      inFlight,
      rounds,
      by: 'perSecond',
    })
    const { native, pool, ratio, lowest, highest, microseconds } = measured
    const cells = [
      `${delay} ms`,
      count(pool),
      other,
      count(native),
      `**${ratio.toFixed(2)}**`,
      `${lowest.toFixed(2)} – ${highest.toFixed(2)}`,
      `${count(microseconds.pool)} / ${count(microseconds.native)} µs`,
    ]
    rows.push(`| ${cells.join(' | ')} |`)
  }
}
spinner.stop()
server.disconnect()

const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores shared with the server, ${rounds} alternating rounds, medians; ${inFlight} in flight on ${connections} connections, TLS.`,
  '',
  '| answers after | a pool, HTTP/2, req/s | beside | req/s | ratio | rounds from – to | client CPU a request |',
  '|---|---:|---|---:|---:|---|---:|',
  ...rows,
].join('\n')
console.log(report)
if (values.write) writeSection(new URL('../docs/performance.md', import.meta.url), 'http2', report)
process.exit(0)

function count(amount: number): string {
  return Math.round(amount).toLocaleString('en')
}
