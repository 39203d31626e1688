import http from 'node:http'
import type { Duplex } from 'node:stream'
import type { Pool } from '../../src/adapter.ts'
import type { Agents } from '../../src/engines/node-agent/open-agents.ts'
import type { AnyPool, Engine } from '../faults/engines.ts'

/** Sends a request, and reads its answer; of one that fails it resolves with its error. */
export async function ask(engine: Engine, pool: AnyPool, url: string, signal?: AbortSignal): Promise<string | Error> {
  try {
    return await (await engine.start(pool, { url, ...(signal && { signal }) })).read()
  } catch (error) {
    return error as Error
  }
}

type Upgrading = { upgrade(options: object): Promise<{ readonly socket: Duplex }> }

/** The socket of a connection that the server has upgraded. */
export async function upgrade({ name }: Engine, pool: AnyPool, url: string): Promise<Duplex> {
  if (name !== 'node-http') {
    const { dispatcher } = (pool as Pool<{ readonly dispatcher: Upgrading }>).options
    return (await dispatcher.upgrade({ origin: url, path: '/', protocol: 'test' })).socket
  }
  const agent = (pool as Pool<Agents>).options.http
  return new Promise((resolve, reject) => {
    http
      .request(url, { agent, headers: { connection: 'Upgrade', upgrade: 'test' } })
      .on('upgrade', (_response, socket) => resolve(socket))
      .on('error', reject)
      .end()
  })
}
