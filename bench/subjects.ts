import http from 'node:http'
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../adapters/node-http.ts'
import * as undiciAdapter from '../adapters/undici.ts'

/** One way to send a request and read its answer. */
export type Send = () => Promise<void>

/** A client under its own class and under a pool, with the same limits. */
export interface Subject {
  readonly name: string
  readonly native: Send
  readonly pool: Send
}

export const connections = 50

const config = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' } as const

export function nodeHttpSubject(port: number): Subject {
  const native = new http.Agent({ keepAlive: true, maxSockets: connections, maxTotalSockets: connections })
  const sendBy =
    (agent: http.Agent): Send =>
    () =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port, path: '/', agent }, (response) => {
            response.resume()
            response.on('end', resolve)
          })
          .on('error', reject)
      })
  return { name: 'node-http', native: sendBy(native), pool: sendBy(nodeHttp.createPool(config).options.http) }
}

export function undiciSubject(port: number): Subject {
  const { Agent, request } = createRequire(import.meta.url)('undici') as typeof import('undici')
  const native = new Agent({ connections, keepAliveTimeout: 120_000, pipelining: 1, allowH2: false })
  const sendBy =
    (dispatcher: Dispatcher): Send =>
    async () => {
      const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher })
      await body.dump()
    }
  return {
    name: 'undici',
    native: sendBy(native),
    pool: sendBy(undiciAdapter.createPool(config).options.dispatcher as unknown as Dispatcher),
  }
}
