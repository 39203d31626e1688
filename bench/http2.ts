// Compares HTTP/2 in a pool with undici's own Agent and with HTTP/1.1: `npm run bench:http2`, with `-- --write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import type { Dispatcher } from 'undici'
import * as undiciAdapter from '../adapters/undici.ts'
import { probeCertificate as ca } from '../cli/src/conformance/probe/certificates.ts'
import { writeSection } from '../scripts/write-section.ts'
import type { PoolConfig } from '../src/config/types.ts'
import { compare, median, rate } from './rounds.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '25' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

const connections = 4
const inFlight = 50
// Many short rounds: what else the machine does strikes both of each.
const loads = [
  { delay: 0, requests: 2000 },
  { delay: 20, requests: 500 },
] as const

const { Agent, request } = createRequire(import.meta.url)('undici') as typeof import('undici')
const server = fork(new URL('./http2-server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]

const config = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' } as const
const pooled = (more: PoolConfig) =>
  undiciAdapter.createPool({ ...config, ...more }, { connect: { ca } }).options.dispatcher as unknown as Dispatcher

const http2 = pooled({ http2: 'only' })
const others = {
  'undici’s Agent, HTTP/2': new Agent({ connections, allowH2: true, keepAliveTimeout: 120_000, connect: { ca, preferH2: true } }),
  'a pool, HTTP/1.1': pooled({ http2: false }),
}

/** Requests a second, and the time of this process that each took. */
class Meter {
  readonly #spent: number[] = []

  async rate(dispatcher: Dispatcher, { delay, requests }: (typeof loads)[number]): Promise<number> {
    const url = `https://127.0.0.1:${port}/${delay}`
    const before = process.cpuUsage()
    const perSecond = await rate(async () => (await request(url, { dispatcher })).body.dump(), requests, inFlight)
    const { user, system } = process.cpuUsage(before)
    this.#spent.push((user + system) / requests)
    return perSecond
  }

  get microseconds(): number {
    return median(this.#spent)
  }
}

const spinner = ora().start()
const rows: string[] = []
for (const load of loads) {
  for (const [name, other] of Object.entries(others)) {
    spinner.text = `${load.delay} ms: ${name}`
    const [own, its] = [new Meter(), new Meter()]
    const measured = await compare(
      () => its.rate(other, load),
      () => own.rate(http2, load),
      rounds,
    )
    const { native, pool, ratio, lowest, highest } = measured
    const cells = [
      `${load.delay} ms`,
      count(pool),
      name,
      count(native),
      `**${ratio.toFixed(2)}**`,
      `${lowest.toFixed(2)} – ${highest.toFixed(2)}`,
      `${count(own.microseconds)} / ${count(its.microseconds)} µs`,
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
