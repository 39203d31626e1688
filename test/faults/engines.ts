import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import type { LookupFunction } from 'node:net'
import * as nodeAdapter from '../../adapters/node-http.ts'
import { startedWith } from '../../cli/src/conformance/clients/shared.ts'
import type { ClientRequest, Started } from '../../cli/src/conformance/clients/types.ts'
import { undiciRequest } from '../../cli/src/conformance/clients/undici-request.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import type { Pool } from '../../src/adapter.ts'
import { undiciSupport } from '../../src/clients/undici/support.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import type { Agents } from '../../src/engines/node-agent/open-agents.ts'
import { openPool } from '../../src/engines/open-pool.ts'
import type { PoolDispatcher } from '../../src/engines/undici-dispatcher/dispatcher.ts'
import { openDispatcher } from '../../src/engines/undici-dispatcher/open-dispatcher.ts'
import { peerOf } from '../../src/engines/undici-dispatcher/peer-of.ts'

type Http1EngineName = 'node-http' | 'undici' | 'undici7'

export type EngineName = Http1EngineName | 'undici-http2'

export interface NativeOptions {
  readonly lookup?: LookupFunction
  readonly ca?: string
}

export type AnyPool = Pool<unknown>

/** One engine with the simplest client that stands on it. */
export interface Engine<Name extends EngineName = EngineName> {
  readonly name: Name
  /** It speaks HTTP/2, and nothing else. */
  readonly http2?: true
  /** Resolves with the head of the answer. */
  start(pool: AnyPool, request: ClientRequest): Promise<Started>
  createPool(config: PoolConfig, native?: NativeOptions, options?: { readonly warnings: boolean }): AnyPool
}

const require = createRequire(import.meta.url)

/** A pool for each fault, many of the same config in a second: of that a warning is due, and no fault. */
const silent = { warnings: false }

const openNode = (config: PoolConfig, native: NativeOptions = {}, options = silent): Pool<Agents> =>
  nodeAdapter.createPool(config, { ca: probeCertificate, ...native }, options)

const openUndici =
  (name: 'undici' | 'undici7') =>
  (config: PoolConfig, native: NativeOptions = {}, options = silent): Pool<{ readonly dispatcher: PoolDispatcher }> =>
    openPool(undiciSupport('undici'), config, options, (core) =>
      openDispatcher(core, peerOf(require(name)), { connect: { ca: probeCertificate, ...native } }),
    )

/** Rejects also where node:http only closes: a caller that waits for nothing but an answer or an error would wait for ever. */
function startNode(pool: AnyPool, { url, method = 'GET', headers, body, signal }: ClientRequest): Promise<Started> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const { http: plain, https: tls } = (pool as Pool<Agents>).options
    const options = { method, headers: { ...headers }, ...(signal === undefined ? {} : { signal }) }
    const request = secure ? https.request(url, { ...options, agent: tls }) : http.request(url, { ...options, agent: plain })
    request.on('error', reject)
    request.on('close', () => reject(Object.assign(new Error('closed without an answer'), { code: 'CLOSED' })))
    request.on('response', (response) => resolve(startedWith(response.statusCode ?? 0, {}, response)))
    if (typeof body === 'function')
      body()
        .on('error', (error) => request.destroy(error))
        .pipe(request)
    else request.end(body)
  })
}

export const nodeEngine = { name: 'node-http', createPool: openNode, start: startNode } satisfies Engine

const undiciEngine = <Name extends 'undici' | 'undici7'>(name: Name) =>
  ({ name, createPool: openUndici(name), ...undiciRequest.open(require(name)) }) satisfies Engine

/** undici 8 and the oldest supported major. */
export const undiciEngines = [undiciEngine('undici'), undiciEngine('undici7')] as const

/** undici over HTTP/2. */
export const http2Engine: Engine = {
  ...undiciEngines[0],
  name: 'undici-http2',
  http2: true,
  createPool: (config, native, options) => undiciEngines[0].createPool({ http2: 'only', ...config }, native, options),
}

export const engines: readonly Engine<Http1EngineName>[] = [nodeEngine, ...undiciEngines]

export function engineNamed(name: EngineName): Engine {
  const engine = engines.find((one) => one.name === name)
  if (engine === undefined) throw new Error(`there is no engine ${name}`)
  return engine
}
