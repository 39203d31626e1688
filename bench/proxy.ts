// Compares pools behind a proxy with what each client's users have there: `npm run bench:proxy`, with `-- --write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { writeSection } from '../scripts/write-section.ts'
import { connections, contests, type Kind } from './sides/proxy.ts'
import { compareSides, Side } from './sides/side.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

const inFlight = 50

const server = fork(new URL('./proxy-server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const proxy = `http://user:password@127.0.0.1:${port}`

const sides = new URL('./sides/proxy.ts', import.meta.url)

/** Connections that serve many requests, or each one alone. */
interface Series {
  readonly title: string
  readonly kept: boolean
  readonly requests: number
}

const series: readonly Series[] = [
  { title: 'kept', kept: true, requests: 5000 },
  { title: 'one a request', kept: false, requests: 500 },
]

const spinner = ora().start()
const rows: string[] = []
for (const client of ['node-http', 'undici'] as const) {
  for (const scheme of ['https', 'http'] as const) {
    for (const { title, kept, requests } of series) {
      spinner.text = `${client}, ${scheme}, connections: ${title}`
      const kind: Kind = { scheme, kept }
      const measured = await compareSides((side) => Side.open(sides, [client, side, proxy, kind]), {
        requests,
        inFlight,
        rounds,
        by: 'perCpuSecond',
      })
      const { native, pool, ratio, lowest, highest } = measured
      const cells = [
        client,
        scheme,
        title,
        contests[client].own,
        count(native),
        count(pool),
        `**${ratio.toFixed(2)}**`,
        `${lowest.toFixed(2)} – ${highest.toFixed(2)}`,
      ]
      rows.push(`| ${cells.join(' | ')} |`)
    }
  }
}
spinner.stop()
server.disconnect()

const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores shared with the proxy, ${rounds} alternating rounds, medians; ${inFlight} in flight on ${connections} connections. Requests for each second of processor time that the client took.`,
  '',
  '| client | | connections | beside | its req/CPU s | pool, req/CPU s | ratio | rounds from – to |',
  '|---|---|---|---|---:|---:|---:|---|',
  ...rows,
].join('\n')
console.log(report)
if (values.write) writeSection(new URL('../docs/performance.md', import.meta.url), 'proxy', report)
process.exit(0)

function count(amount: number): string {
  return Math.round(amount).toLocaleString('en')
}
