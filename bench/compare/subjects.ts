import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undiciAdapter from '../../adapters/undici.ts'
import { probeCertificate as ca } from '../../cli/src/conformance/probe/certificates.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { type Limits, limiters } from './limiters.ts'
import type { PromiseName } from './results.ts'

/** What a subject is opened for. Limits that it has no setting for it does not hold: that is what is measured. */
export interface Want extends Limits {
  /** Connections in all. */
  readonly total?: number
  readonly perHost?: number
  /** Idle connections that are kept. */
  readonly idle?: number
  readonly hosts: number
  readonly http2?: boolean
  readonly lookup: LookupFunction
}

/** Sends one request and reads its answer. */
export type Send = (url: string, signal?: AbortSignal) => Promise<void>

export interface Subject {
  /** As tables have it; unique together with `client`. */
  readonly name: string
  readonly client: 'undici' | 'node:http'
  /** It can be told how many connections HTTP/2 may take. */
  readonly http2: boolean
  /** False: it is for one host alone. */
  readonly manyHosts: boolean
  /** False: what is above its limit is refused at once, so it gets no more than that. */
  readonly queues: boolean
  /** The settings that come nearest to each promise. */
  readonly settings: { readonly [promise in PromiseName]?: string }
  open(want: Want): Send
}

const require = createRequire(import.meta.url)
const { Agent, Pool, request } = require('undici') as typeof import('undici')
type AgentClass = new (options: object) => http.Agent
const keepalive = require('agentkeepalive') as AgentClass & { HttpsAgent: AgentClass }

/** Longer than any run: nobody gains by keeping connections for longer. */
const keepAliveMs = 120_000

const byDispatcher =
  (dispatcher: Dispatcher): Send =>
  async (url, signal) => {
    const { body } = await request(url, signal ? { dispatcher, signal } : { dispatcher })
    await body.dump()
  }

const byAgents =
  (agents: { readonly http: http.Agent; readonly https: http.Agent }): Send =>
  (url, signal) =>
    new Promise((resolve, reject) => {
      const secure = url.startsWith('https')
      const options = { agent: secure ? agents.https : agents.http, ...(signal && { signal }) }
      const { get } = secure ? https : http
      get(url, options, (response) => response.resume().on('end', resolve).on('error', reject)).on('error', reject)
    })

/** undici's own options, the same for all that stand on it. */
function undiciOptions({ http2 = false, lookup }: Want) {
  const connect = { ca, lookup, ...(http2 && { preferH2: true }) }
  return { keepAliveTimeout: keepAliveMs, allowH2: http2, connect }
}

/** Only what is asked for, so that the rest is as it comes. */
function poolConfig({ total, perHost, idle, queue, deadline, http2 }: Want): PoolConfig {
  return {
    keepAliveExpiry: '2m',
    acquireTimeout: deadline ?? '2m',
    ...(total !== undefined && { maxConnections: total }),
    ...(perHost !== undefined && { maxConnectionsPerHost: perHost }),
    ...(idle !== undefined && { maxIdleConnections: idle }),
    ...(queue !== undefined && { maxPending: queue }),
    ...(http2 && { http2: 'only' }),
  }
}

const poolSettings: Subject['settings'] = {
  total: 'maxConnections',
  perHost: 'maxConnectionsPerHost',
  aborts: 'maxConnections',
  deadline: 'acquireTimeout',
  bound: 'maxPending',
  idle: 'maxIdleConnections',
  reuse: 'as it comes',
}

const usual = { http2: false, manyHosts: true, queues: true } as const

const poolOfUndici: Subject = {
  ...usual,
  name: 'polypool',
  client: 'undici',
  http2: true,
  settings: poolSettings,
  open: (want) => {
    const { options } = undiciAdapter.createPool(poolConfig(want), { connect: { ca, lookup: want.lookup } })
    return byDispatcher(options.dispatcher as unknown as Dispatcher)
  },
}

const poolOfNode: Subject = {
  ...usual,
  name: 'polypool',
  client: 'node:http',
  settings: poolSettings,
  open: (want) => byAgents(nodeHttp.createPool(poolConfig(want), { ca, lookup: want.lookup }).options),
}

const connectionsSetting = { perHost: 'connections', aborts: 'connections', reuse: 'as it comes' } as const

const undiciAgent: Subject = {
  ...usual,
  name: 'undici Agent',
  client: 'undici',
  http2: true,
  settings: { total: 'connections, which is for each host', ...connectionsSetting },
  open: (want) => byDispatcher(new Agent({ ...undiciOptions(want), connections: want.perHost ?? want.total ?? null })),
}

/** The total shared out by hand, which keeps it. */
const dividedAgent: Subject = {
  ...usual,
  name: 'undici Agent, divided',
  client: 'undici',
  http2: true,
  settings: { total: 'connections: total ÷ hosts', ...connectionsSetting },
  open: (want) => {
    const share = want.total === undefined ? null : Math.max(1, Math.floor(want.total / want.hosts))
    return byDispatcher(new Agent({ ...undiciOptions(want), connections: want.perHost ?? share }))
  },
}

const undiciPool: Subject = {
  ...usual,
  name: 'undici Pool',
  client: 'undici',
  http2: true,
  manyHosts: false,
  settings: { aborts: 'connections', reuse: 'as it comes' },
  open: (want) => {
    const pools = new Map<string, Dispatcher>()
    const options = { ...undiciOptions(want), connections: want.perHost ?? want.total ?? null }
    return (url, signal) => {
      const { origin } = new URL(url)
      let pool = pools.get(origin)
      if (pool === undefined) {
        pool = new Pool(origin, options)
        pools.set(origin, pool)
      }
      return byDispatcher(pool)(url, signal)
    }
  },
}

function nodeOptions({ total, perHost, idle, lookup }: Want) {
  return {
    keepAlive: true,
    ca,
    lookup,
    ...((perHost ?? total) !== undefined && { maxSockets: perHost ?? total }),
    ...(total !== undefined && { maxTotalSockets: total }),
    ...(idle !== undefined && { maxFreeSockets: idle }),
  }
}

const nodeSettings: Subject['settings'] = {
  total: 'maxTotalSockets',
  perHost: 'maxSockets',
  aborts: 'maxTotalSockets',
  idle: 'maxFreeSockets, which is for each host',
  reuse: 'keepAlive',
}

const nodeAgent: Subject = {
  ...usual,
  name: 'http.Agent',
  client: 'node:http',
  settings: nodeSettings,
  open: (want) => byAgents({ http: new http.Agent(nodeOptions(want)), https: new https.Agent(nodeOptions(want)) }),
}

const keepaliveAgent: Subject = {
  ...usual,
  name: 'agentkeepalive',
  client: 'node:http',
  settings: nodeSettings,
  open: (want) => {
    const options = { ...nodeOptions(want), freeSocketTimeout: keepAliveMs, timeout: keepAliveMs }
    return byAgents({ http: new keepalive(options), https: new keepalive.HttpsAgent(options) })
  },
}

/** What limits requests, in front of the client's own agent with no limit of its own. */
function limited(client: Subject['client'], name: string): Subject {
  const { make, settings, queues } = limiters[name] as (typeof limiters)[string]
  return {
    ...usual,
    name,
    client,
    queues,
    settings: { ...settings, reuse: 'as it comes' },
    open: (want) => {
      const { total, perHost, ...rest } = want
      const send = (client === 'undici' ? undiciAgent : nodeAgent).open(rest)
      const ofAll = total === undefined ? undefined : make(total, want)
      const ofHosts = new Map<string, ReturnType<typeof make>>()
      const ofHost = (url: string) => {
        if (perHost === undefined) return undefined
        const { host } = new URL(url)
        const known = ofHosts.get(host) ?? make(perHost, want)
        ofHosts.set(host, known)
        return known
      }
      return (url, signal) => {
        const limit = ofAll ?? ofHost(url)
        return limit === undefined ? send(url, signal) : limit(() => send(url, signal))
      }
    },
  }
}

export const subjects: readonly Subject[] = [
  poolOfUndici,
  undiciAgent,
  dividedAgent,
  undiciPool,
  ...Object.keys(limiters).map((name) => limited('undici', name)),
  poolOfNode,
  nodeAgent,
  keepaliveAgent,
  limited('node:http', 'p-limit'),
]

/** `polypool (undici)`: what a subject is called where both clients are. */
export function nameOf({ name, client }: Pick<Subject, 'name' | 'client'>): string {
  return `${name} (${client})`
}

export function subjectNamed(full: string): Subject {
  const found = subjects.find((subject) => nameOf(subject) === full)
  if (!found) throw new Error(`no subject is called ${full}: there are ${subjects.map(nameOf).join(', ')}`)
  return found
}
