// The clients whose pools go through proxies, of every engine, behind one face: what is true of one has to be true of all.
import http from 'node:http'
import https from 'node:https'
import AgentkeepaliveHttp from 'agentkeepalive'
import { onTestFinished } from 'vitest'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import type { Pool } from '../../../src/adapter.ts'
import { support as ofNode } from '../../../src/clients/node-http/support.ts'
import { undiciSupport } from '../../../src/clients/undici/support.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { type Agents, openAgents } from '../../../src/engines/node-agent/open-agents.ts'
import { openPool } from '../../../src/engines/open-pool.ts'
import type { ProxyOptions } from '../../../src/engines/proxy/gateway.ts'
import { compact } from '../../../src/engines/translation.ts'
import type { PoolDispatcher } from '../../../src/engines/undici-dispatcher/dispatcher.ts'
import type { ConnectorOptions } from '../../../src/engines/undici-dispatcher/native-options.ts'
import { openDispatcher } from '../../../src/engines/undici-dispatcher/open-dispatcher.ts'
import { fetchBy } from '../../../src/engines/undici-dispatcher/platform-fetch.ts'
import { answerOf, expectEmpty, type Scheme } from '../node-agent/support.ts'
import { type Version, versions } from '../undici-dispatcher/harness.ts'

export interface Ask {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  readonly signal?: AbortSignal
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: { readonly [name: string]: unknown }
}

type Settings = Pick<PoolConfig, 'proxy' | 'noProxy'>

/** Native options, by one name for every client. */
interface Native extends ProxyOptions, Pick<ConnectorOptions, 'ca' | 'lookup' | 'checkServerIdentity'> {
  readonly socketPath?: string
}

export interface Client {
  readonly name: string
  /** A pool that trusts the certificate of test servers, as origins and as proxies; it is destroyed after the test. */
  open(proxy: Settings | string, config?: PoolConfig, native?: Native): Proxied
}

interface Proxied {
  readonly pool: Pool<unknown>
  /** Rejects with what the client's user gets, or what that has as its cause. */
  get(url: string, ask?: Ask): Promise<Answer>
  reroute(settings: Settings): void
  /** Resolves when the pool holds nothing any more, and the client neither. */
  expectEmpty(): Promise<void>
  /** What a request of the client's is given: an agent, a dispatcher. */
  carrierFor(scheme: Scheme): object
}

const certificates = { ca: probeCertificate, proxyTls: { ca: probeCertificate } }

function configOf(proxy: Settings | string, config: PoolConfig): PoolConfig {
  return { ...config, ...(typeof proxy === 'string' ? { proxy } : proxy) }
}

function face<Options>(pool: Pool<Options>, get: Proxied['get'], carrierFor: Proxied['carrierFor']): Proxied {
  onTestFinished(() => pool.destroy())
  return {
    pool,
    get,
    carrierFor,
    reroute: (settings) => pool.reconfigure({ noProxy: [], ...settings }),
    expectEmpty: () => expectEmpty({ pool: pool as Pool<Agents> }),
  }
}

function agents(name: string, bases: readonly { http: unknown; https: unknown }[], timers: readonly object[]): Client {
  return {
    name,
    open(proxy, config = {}, native = {}) {
      const pool = openPool<Agents>(ofNode, configOf(proxy, config), { name: 'proxied', strict: false }, (core) =>
        openAgents(core, { ...certificates, ...native }, ...(bases as never[]), ...(timers as never[])),
      )
      const carrierFor = (scheme: Scheme) => pool.options[scheme]
      const get: Proxied['get'] = async (url, { body, ...options } = {}) => {
        const scheme = url.startsWith('https:') ? 'https' : 'http'
        // Not by an URL, which would be read again, and lose what is in the path.
        const [, host = '', port, path] = /^https?:\/\/(\[.*?\]|[^:/]+)(?::(\d+))?(.*)$/.exec(url) ?? []
        const to = { host: host.replace(/^\[|\]$/g, ''), ...(port && { port }), path: path || '/' }
        const request = (scheme === 'http' ? http : https).request({ ...to, ...options, agent: carrierFor(scheme) })
        const answer = answerOf(request)
        request.end(body)
        return answer
      }
      return face(pool, get, carrierFor)
    },
  }
}

function openUndici({ peer }: Version, proxy: Settings | string, config: PoolConfig = {}, native: Native = {}) {
  const { proxyTls, proxyHeaders, socketPath, ...connect } = { ...certificates, ...native }
  const options = { connect: compact(connect), ...compact({ proxyTls, proxyHeaders, socketPath }) }
  const support = undiciSupport('undici')
  return openPool<{ dispatcher: PoolDispatcher }>(support, configOf(proxy, config), { name: 'proxied', strict: false }, (core) =>
    openDispatcher(core, peer, options),
  )
}

function undici(version: Version): Client {
  return {
    name: version.name,
    open(proxy, config, native) {
      const pool = openUndici(version, proxy, config, native)
      const get: Proxied['get'] = async (url, ask = {}) => {
        const { statusCode, headers, body } = await version.api.request(url, { ...ask, ...pool.options })
        return { status: statusCode, headers, body: await body.text() }
      }
      return face(pool, get, () => pool.options.dispatcher)
    },
  }
}

function platformFetch(version: Version): Client {
  return {
    name: 'fetch',
    open(proxy, config, native) {
      const pool = openUndici(version, proxy, config, native)
      const fetch = fetchBy(pool.options.dispatcher as never)
      const get: Proxied['get'] = async (url, ask = {}) => {
        try {
          const response = await fetch(url, ask)
          return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
        } catch (error) {
          throw error instanceof TypeError ? (error.cause ?? error) : error
        }
      }
      return face(pool, get, () => pool.options.dispatcher)
    },
  }
}

export const clients: readonly Client[] = [
  agents('node-http', [], []),
  agents(
    'agentkeepalive',
    [{ http: AgentkeepaliveHttp, https: AgentkeepaliveHttp.HttpsAgent }],
    [{ timeout: 0, freeSocketTimeout: 0 }],
  ),
  ...versions.map(undici),
  platformFetch(versions[0] as Version),
]

/** Of each engine one, and both majors of undici: for what their clients can't differ in. */
export const engines: readonly Client[] = clients.filter(({ name }) => name !== 'agentkeepalive' && name !== 'fetch')

export const schemes = ['http', 'https'] as const

/** Each client with each scheme. */
export const clientsBySchemes: readonly (readonly [client: string, scheme: Scheme, open: Client['open']])[] = clients.flatMap(
  ({ name, open }) => schemes.map((scheme) => [name, scheme, open] as const),
)
