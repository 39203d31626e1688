import http from 'node:http'
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import * as nodeHttp from '../adapters/node-http.ts'
import * as undiciAdapter from '../adapters/undici.ts'

/** One way to send a request and read its answer. */
export type Send = () => Promise<void>

/** A client under its own class and under a pool, with the same limits. */
export interface Subject {
  native(): Send
  pool(): Send
}

export const connections = 50

const config = { maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' } as const

function nodeHttpSubject(port: number): Subject {
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
  return {
    native: () => sendBy(new http.Agent({ keepAlive: true, maxSockets: connections, maxTotalSockets: connections })),
    pool: () => sendBy(nodeHttp.createPool(config).options.http),
  }
}

function undiciSubject(port: number): Subject {
  const { Agent, request } = createRequire(import.meta.url)('undici') as typeof import('undici')
  const sendBy =
    (dispatcher: Dispatcher): Send =>
    async () => {
      const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher })
      await body.dump()
    }
  return {
    native: () => sendBy(new Agent({ connections, keepAliveTimeout: 120_000, pipelining: 1, allowH2: false })),
    pool: () => sendBy(undiciAdapter.createPool(config).options.dispatcher as unknown as Dispatcher),
  }
}

export const subjects = { 'node-http': nodeHttpSubject, undici: undiciSubject } as const

/** One side of a comparison, alone. */
export function open(client: keyof typeof subjects, side: keyof Subject, port: number): Send {
  return subjects[client](port)[side]()
}
