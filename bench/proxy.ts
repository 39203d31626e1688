// Compares pools behind a proxy with what each client's users have there: `npm run bench:proxy`, with `-- --write` for docs/performance.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http, { type AgentOptions } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../adapters/node-http.ts'
import * as undiciAdapter from '../adapters/undici.ts'
import { probeCertificate as ca } from '../cli/src/conformance/probe/certificates.ts'
import { writeSection } from '../scripts/write-section.ts'
import { compare, rateOfWork } from './rounds.ts'
import type { Send } from './subjects.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, write: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)

const connections = 10
const inFlight = 50

type AgentClass = new (proxy: string, options: AgentOptions) => http.Agent

const require = createRequire(import.meta.url)
const { ProxyAgent, request } = require('undici') as typeof import('undici')
const { HttpsProxyAgent } = require('https-proxy-agent') as { HttpsProxyAgent: AgentClass }
const { HttpProxyAgent } = require('http-proxy-agent') as { HttpProxyAgent: AgentClass }

const server = fork(new URL('./proxy-server.ts', import.meta.url))
const [port] = (await once(server, 'message')) as [number]
const proxy = `http://user:password@127.0.0.1:${port}`

type Scheme = 'http' | 'https'
const urls = { http: 'http://127.0.0.1:81/', https: 'https://127.0.0.1:444/' } as const

// An agent that keeps no connection alive gives it on while requests wait, so it is the request that says it.
const byAgent =
  (agent: http.Agent, scheme: Scheme, kept: boolean): Send =>
  () =>
    new Promise((resolve, reject) => {
      const { get } = scheme === 'http' ? http : https
      const headers = kept ? {} : { Connection: 'close' }
      get(urls[scheme], { agent, ca, headers }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })

const byDispatcher =
  (dispatcher: Dispatcher, scheme: Scheme, kept: boolean): Send =>
  async () =>
    void (await (await request(urls[scheme], { dispatcher, reset: !kept })).body.dump())

/** Connections that serve many requests, or each one alone. */
interface Kind {
  readonly title: string
  readonly kept: boolean
  readonly requests: number
}

const kinds: readonly Kind[] = [
  { title: 'kept', kept: true, requests: 1000 },
  { title: 'one a request', kept: false, requests: 100 },
]

interface Contest {
  readonly client: string
  readonly own: string
  sends(scheme: Scheme, kept: boolean): { readonly own: Send; readonly pool: Send }
}

const config = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m', proxy } as const

const contests: readonly Contest[] = [
  {
    client: 'node-http',
    own: 'http-proxy-agent, https-proxy-agent',
    sends(scheme, kept) {
      const Agent = scheme === 'http' ? HttpProxyAgent : HttpsProxyAgent
      const agent = new Agent(proxy, { keepAlive: true, maxSockets: connections })
      const pool = nodeHttp.createPool(config, { ca })
      return { own: byAgent(agent, scheme, kept), pool: byAgent(pool.options[scheme], scheme, kept) }
    },
  },
  {
    client: 'undici',
    own: 'ProxyAgent',
    sends(scheme, kept) {
      const agent = new ProxyAgent({
        uri: proxy,
        connections,
        keepAliveTimeout: 120_000,
        requestTls: { ca },
        allowH2: false,
      })
      const pool = undiciAdapter.createPool(config, { connect: { ca } })
      const dispatcher = pool.options.dispatcher as unknown as Dispatcher
      return { own: byDispatcher(agent, scheme, kept), pool: byDispatcher(dispatcher, scheme, kept) }
    },
  },
]

const spinner = ora().start()
const rows: string[] = []
for (const { client, own, sends } of contests) {
  for (const scheme of ['https', 'http'] as const) {
    for (const { title, kept, requests } of kinds) {
      spinner.text = `${client}, ${scheme}, connections: ${title}`
      const by = sends(scheme, kept)
      const { native, pool, ratio, lowest, highest } = await compare(
        () => rateOfWork(by.own, requests, inFlight),
        () => rateOfWork(by.pool, requests, inFlight),
        rounds,
      )
      const cells = [
        client,
        scheme,
        title,
        own,
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
