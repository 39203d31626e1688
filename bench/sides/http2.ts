import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import * as undiciAdapter from '../../adapters/undici.ts'
import { probeCertificate as ca } from '../../cli/src/conformance/probe/certificates.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import type { Send } from '../subjects.ts'

export const connections = 4

const { Agent, request } = createRequire(import.meta.url)('undici') as typeof import('undici')

const config = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' } as const
const pooled = (more: PoolConfig) =>
  undiciAdapter.createPool({ ...config, ...more }, { connect: { ca } }).options.dispatcher as unknown as Dispatcher

const dispatchers = {
  'a pool, HTTP/2': () => pooled({ http2: 'only' }),
  'a pool, HTTP/1.1': () => pooled({ http2: false }),
  'undici’s Agent, HTTP/2': () =>
    new Agent({ connections, allowH2: true, keepAliveTimeout: 120_000, connect: { ca, preferH2: true } }),
} as const

export type Protocol = keyof typeof dispatchers

/** @param delay milliseconds after which the server answers */
export function open(name: Protocol, delay: number, port: number): Send {
  const dispatcher = dispatchers[name]()
  const url = `https://127.0.0.1:${port}/${delay}`
  return async () => (await request(url, { dispatcher })).body.dump()
}
