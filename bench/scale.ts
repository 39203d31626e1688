// What a request costs among many origins and many waiting ones: `node bench/scale.ts`, and with `--write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../adapters/node-http.ts'
import * as undiciAdapter from '../adapters/undici.ts'
import { loopback as lookup } from '../cli/src/conformance/lookups.ts'
import { writeSection } from '../scripts/write-section.ts'
import { flatness } from './flatness.ts'
import { compare, rate } from './rounds.ts'
import { handOver, reuse } from './scale-core.ts'
import { connections } from './subjects.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
const origins = 5000
const lasting = { keepAliveExpiry: '10m', acquireTimeout: 'unlimited', connectTimeout: 'unlimited' } as const

type SendTo = (host: string) => Promise<void>

const server = fork(new URL('./server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const { request } = createRequire(import.meta.url)('undici') as typeof import('undici')

const clients: { readonly name: string; open(maxConnections: number): SendTo }[] = [
  {
    name: 'node-http',
    open(maxConnections) {
      const agent = nodeHttp.createPool({ ...lasting, maxConnections }, { lookup }).options.http
      return (host) =>
        new Promise((resolve, reject) => {
          http
            .get({ host, port, path: '/', agent }, (response) => {
              response.resume()
              response.on('end', resolve)
            })
            .on('error', reject)
        })
    },
  },
  {
    name: 'undici',
    open(maxConnections) {
      const pool = undiciAdapter.createPool({ ...lasting, maxConnections }, { connect: { lookup } })
      const dispatcher = pool.options.dispatcher as unknown as Dispatcher
      return async (host) => {
        const { body } = await request(`http://${host}:${port}/`, { dispatcher })
        await body.dump()
      }
    },
  },
]

const rows: string[] = []
const spinner = ora('the core alone').start()
for (const [what, few, many, found] of [
  ['reuse of an idle connection', '1 origin', '5,000 origins', flatness(reuse(1), reuse(origins))],
  ['hand-over to the next request', '10 waiting', '100,000 waiting', flatness(handOver(10), handOver(100_000))],
] as const) {
  rows.push(row('the core alone', what, few, micros(found.few), many, micros(found.many), found.ratio))
}
for (const { name, open } of clients) {
  spinner.text = `${name}: origins`
  const toOne = to(open(connections), 1)
  const toMany = to(open(origins), origins)
  // Each origin gets its connection before anything is measured.
  await rate(toMany, origins, connections)
  const spread = await compare(
    () => rate(toOne, origins, connections),
    () => rate(toMany, origins, connections),
    rounds,
  )
  rows.push(flatRow(name, 'request on an idle connection', '1 origin', '5,000 origins', spread))
  spinner.text = `${name}: waiting`
  const send = to(open(connections), 1)
  const queued = await compare(
    () => rate(send, 20_000, connections + 10),
    () => rate(send, 100_000, 100_000),
    rounds,
  )
  rows.push(flatRow(name, 'request that waits', '10 waiting', '100,000 sent at once', queued))
}
spinner.stop()
server.disconnect()

const report = [
  `Node ${process.version.slice(1)}, ${cpus().length} cores shared with the server, ${rounds} alternating rounds, medians of time per request.`,
  '',
  '| | cost of | among few | among many | times as much |',
  '|---|---|---:|---:|---:|',
  ...rows,
].join('\n')
console.log(report)
if (values.write) writeSection(new URL('../docs/performance.md', import.meta.url), 'scale', report)
process.exit(0)

/** Sends to each of so many hosts in turn. */
function to(send: SendTo, hosts: number): () => Promise<void> {
  let turn = 0
  return () => send(`host-${turn++ % hosts}.test`)
}

function flatRow(name: string, what: string, few: string, many: string, found: Awaited<ReturnType<typeof compare>>): string {
  return row(name, what, few, micros(1e6 / found.native), many, micros(1e6 / found.pool), 1 / found.ratio)
}

function row(name: string, what: string, few: string, fewCost: string, many: string, manyCost: string, ratio: number): string {
  return `| ${name} | ${what} | ${fewCost}, ${few} | ${manyCost}, ${many} | **${ratio.toFixed(2)}** |`
}

function micros(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} µs`
}
