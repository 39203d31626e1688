import http, { type AgentOptions } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undiciAdapter from '../../adapters/undici.ts'
import { probeCertificate as ca } from '../../cli/src/conformance/probe/certificates.ts'
import type { Send } from '../subjects.ts'

export const connections = 10

type AgentClass = new (proxy: string, options: AgentOptions) => http.Agent

const require = createRequire(import.meta.url)
const { ProxyAgent, request } = require('undici') as typeof import('undici')
const { HttpsProxyAgent } = require('https-proxy-agent') as { HttpsProxyAgent: AgentClass }
const { HttpProxyAgent } = require('http-proxy-agent') as { HttpProxyAgent: AgentClass }

type Scheme = 'http' | 'https'
const urls = { http: 'http://127.0.0.1:81/', https: 'https://127.0.0.1:444/' } as const

/** What is sent, and whether its connection is kept or serves it alone. */
export interface Kind {
  readonly scheme: Scheme
  readonly kept: boolean
}

// An agent that keeps no connection alive gives it on while requests wait, so it is the request that says it.
const byAgent =
  (agent: http.Agent, { scheme, kept }: Kind): Send =>
  () =>
    new Promise((resolve, reject) => {
      const { get } = scheme === 'http' ? http : https
      const headers = kept ? {} : { Connection: 'close' }
      get(urls[scheme], { agent, ca, headers }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })

const byDispatcher =
  (dispatcher: Dispatcher, { scheme, kept }: Kind): Send =>
  async () =>
    void (await (await request(urls[scheme], { dispatcher, reset: !kept })).body.dump())

const limits = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' } as const

/** What each client's users have behind a proxy, and a pool. */
export const contests = {
  'node-http': {
    own: 'http-proxy-agent, https-proxy-agent',
    native: (proxy: string, kind: Kind) => {
      const Agent = kind.scheme === 'http' ? HttpProxyAgent : HttpsProxyAgent
      return byAgent(new Agent(proxy, { keepAlive: true, maxSockets: connections }), kind)
    },
    pool: (proxy: string, kind: Kind) => byAgent(nodeHttp.createPool({ ...limits, proxy }, { ca }).options[kind.scheme], kind),
  },
  undici: {
    own: 'ProxyAgent',
    native: (proxy: string, kind: Kind) =>
      byDispatcher(
        new ProxyAgent({ uri: proxy, connections, keepAliveTimeout: 120_000, requestTls: { ca }, allowH2: false }),
        kind,
      ),
    pool: (proxy: string, kind: Kind) => {
      const { dispatcher } = undiciAdapter.createPool({ ...limits, proxy }, { connect: { ca } }).options
      return byDispatcher(dispatcher as unknown as Dispatcher, kind)
    },
  },
} as const

export function open(client: keyof typeof contests, side: 'native' | 'pool', proxy: string, kind: Kind): Send {
  return contests[client][side](proxy, kind)
}
