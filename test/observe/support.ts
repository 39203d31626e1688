import net, { type AddressInfo } from 'node:net'
import { request } from 'undici'
import type { DispatcherOptions } from '../../adapters/undici.ts'
import * as undici from '../../adapters/undici.ts'
import type { CreatePoolOptions, Pool } from '../../src/adapter.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { cleanup, HoldingHandler, listen, until } from '../engines/node-agent/support.ts'

export { cleanup, until }

export interface Held {
  readonly origin: string
  readonly handler: HoldingHandler
  /** Lets go what is held, and what is still to come. */
  release(): void
}

/** A server that answers `/hold` when it is let go. */
export async function holding(): Promise<Held> {
  const handler = new HoldingHandler()
  const { port } = await listen('http', handler.handler)
  return { origin: `http://127.0.0.1:${port}`, handler, release: () => handler.release() }
}

/** Where nobody listens. */
export async function refusing(): Promise<string> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** A pool for undici that is destroyed after the test. */
export function undiciPool(config: PoolConfig | Pool<unknown>, options?: CreatePoolOptions): Pool<DispatcherOptions> {
  const pool = undici.createPool(config, {}, options)
  cleanup(() => pool.destroy())
  return pool
}

/** Asks, and reads the answer. */
export async function ask(pool: Pool<DispatcherOptions>, url: string): Promise<string> {
  const { body } = await request(url, pool.options)
  return body.text()
}
