import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { Pool } from '../../src/adapter.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { until } from './node-agent/support.ts'

/** A port where nobody listens, and a server that will. */
async function closedPort(): Promise<{
  readonly port: number
  readonly server: http.Server
  readonly seen: { connections: number }
}> {
  const first = net.createServer()
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve))
  const { port } = first.address() as AddressInfo
  await new Promise((resolve) => first.close(resolve))
  const seen = { connections: 0 }
  const server = http.createServer((_, response) => void response.end('ok'))
  server.on('connection', () => void seen.connections++)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, server, seen }
}

const byEngine = {
  undici(config: PoolConfig) {
    const pool = undici.createPool(config)
    return {
      pool: pool as Pool<unknown>,
      ask: async (url: string) => (await (await import('undici')).request(url, pool.options)).body.text(),
    }
  },
  'node-http'(config: PoolConfig) {
    const pool = nodeHttp.createPool(config)
    const ask = (url: string) =>
      new Promise<string>((resolve, reject) => {
        const onResponse = (response: http.IncomingMessage) => void response.resume().on('end', () => resolve('ok'))
        http.get(url, { agent: pool.options.http }, onResponse).on('error', reject)
      })
    return { pool: pool as Pool<unknown>, ask }
  },
} as const

test.each(Object.keys(byEngine) as (keyof typeof byEngine)[])(
  '%s: a server that is back has its connections ready as soon as a request was answered, without waiting for the next try',
  async (engine) => {
    const { port, server, seen } = await closedPort()
    const url = `http://127.0.0.1:${port}`
    const { pool, ask } = byEngine[engine]({ keepAliveExpiry: '1h', hosts: { [url]: { minIdleConnectionsPerHost: 3 } } })
    onTestFinished(() => pool.destroy())
    const ready = () => pool.stats().ready?.[url]
    await until(() => expect(ready()?.failures).toBe(4))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    expect(ready()?.retryIn).toBeGreaterThan(0)
    expect(await ask(url)).toBe('ok')
    await until(() => expect(pool.stats().idle).toBeGreaterThan(0))
    expect(ready()).toMatchObject({ wanted: 3, failures: 0, retryIn: 0 })
    await until(() => expect(ready()?.idle).toBe(3))
    await until(() => expect(seen.connections).toBe(3))
  },
)
