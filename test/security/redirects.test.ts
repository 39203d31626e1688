import http, { type IncomingHttpHeaders } from 'node:http'
import axiosClient from 'axios'
import gotClient from 'got'
import nodeFetchClient from 'node-fetch'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as fetch from '../../adapters/fetch.ts'
import * as got from '../../adapters/got.ts'
import * as nodeFetch from '../../adapters/node-fetch.ts'
import type { Pool } from '../../src/adapter.ts'
import { type Origin, serve } from './wire.ts'

type Send = (url: string, headers: { [name: string]: string }) => Promise<unknown>

/** Every client that follows redirects by itself: on a pool, and by itself. */
const clients: readonly {
  readonly name: string
  readonly alone: Send
  open(): { readonly pool: Pool<unknown>; readonly send: Send }
}[] = [
  {
    name: 'axios',
    alone: (url, headers) => axiosClient.get(url, { headers, proxy: false, httpAgent: new http.Agent({ keepAlive: true }) }),
    open() {
      const pool = axios.createPool({ maxConnections: 1 })
      const api = axiosClient.create({ ...pool.options, proxy: false })
      return { pool, send: (url, headers) => api.get(url, { headers }) }
    },
  },
  {
    name: 'got',
    alone: (url, headers) => gotClient(url, { headers, agent: { http: new http.Agent({ keepAlive: true }) } }),
    open() {
      const pool = got.createPool({ maxConnections: 1 })
      return { pool, send: (url, headers) => gotClient(url, { headers, ...pool.options }) }
    },
  },
  {
    name: 'node-fetch',
    alone: async (url, headers) => (await nodeFetchClient(url, { headers, agent: new http.Agent({ keepAlive: true }) })).text(),
    open() {
      const pool = nodeFetch.createPool({ maxConnections: 1 })
      return { pool, send: async (url, headers) => (await nodeFetchClient(url, { headers, ...pool.options })).text() }
    },
  },
  {
    name: 'fetch',
    alone: async (url, headers) => (await globalThis.fetch(url, { headers })).text(),
    open() {
      const pool = fetch.createPool({ maxConnections: 1 })
      return { pool, send: async (url, headers) => (await pool.fetch(url, { headers })).text() }
    },
  },
]

const credentials = {
  authorization: 'Bearer for-the-first',
  cookie: 'session=for-the-first',
  'proxy-authorization': 'Basic eDp5',
  'x-own': 'kept',
}

/** A server that sends whoever asks on to the other. */
async function redirector(to: string): Promise<{ readonly origin: string; readonly seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = []
  const server = http.createServer((request, response) => {
    seen.push(request.headers)
    response.writeHead(302, { location: `${to}/landed` }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { origin: `http://127.0.0.1:${port}`, seen }
}

/** The headers that reach the other origin, and how many connections it has seen. */
async function landed(send: Send): Promise<{ headers: IncomingHttpHeaders; target: Origin }> {
  const target = await serve()
  const { origin, seen } = await redirector(target.origin)
  await send(`${origin}/`, credentials)
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ authorization: credentials.authorization })
  expect(target.seen).toHaveLength(1)
  const { host: _, ...headers } = target.seen[0]?.headers ?? {}
  return { headers, target }
}

describe.each(clients)('$name', ({ alone, open }) => {
  it('sends a redirect to another origin what it would send without a pool, on a connection of that origin', async () => {
    const { headers: expected } = await landed(alone)
    const { pool, send } = open()
    onTestFinished(() => pool.destroy())
    const { headers, target } = await landed(send)
    expect({ ...headers, connection: '' }).toEqual({ ...expected, connection: '' })
    expect(headers.authorization).toBeUndefined()
    expect(target.connections).toHaveLength(1)
    expect(pool.stats()).toMatchObject({ created: 2, reused: 0 })
    const [{ url } = { url: '' }] = target.seen
    expect(url).toBe('/landed')
  })
})
