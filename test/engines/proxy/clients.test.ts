import { createRequire } from 'node:module'
import { inspect } from 'node:util'
import axios from 'axios'
import got from 'got'
import { got as got14 } from 'got14'
import got15 from 'got15'
import nodeFetch from 'node-fetch'
import { describe, expect, it } from 'vitest'
import { countSockets, errorOf, type Handler, listen, until } from '../node-agent/support.ts'
import { openProxied, type Proxied } from './proxied-pool.ts'
import { countingProxy } from './proxies.ts'

const nodeFetch2 = createRequire(import.meta.url)('node-fetch2') as typeof nodeFetch

type Get = (url: string) => Promise<{ readonly status: number; readonly body: string }>

const ofGot =
  (client: typeof got) =>
  (opened: Proxied): Get => {
    const own = client.extend({
      agent: opened.pool.options,
      retry: { limit: 0 },
      throwHttpErrors: false,
    })
    return async (url) => {
      const { statusCode, body } = await own(url)
      return { status: statusCode, body }
    }
  }

const ofNodeFetch =
  (fetch: typeof nodeFetch) =>
  (opened: Proxied): Get => {
    const agent = ({ protocol }: URL) => (protocol === 'https:' ? opened.pool.options.https : opened.pool.options.http)
    return async (url) => {
      const response = await fetch(url, { agent })
      return { status: response.status, body: await response.text() }
    }
  }

const clients: { readonly [name: string]: (opened: Proxied) => Get } = {
  axios: ({ pool: { options } }) => {
    const client = axios.create({
      httpAgent: options.http,
      httpsAgent: options.https,
      proxy: false,
      responseType: 'text',
      validateStatus: () => true,
    })
    return async (url) => {
      const { status, data } = await client.get(url)
      return { status, body: String(data) }
    }
  },
  got: ofGot(got),
  got15: ofGot(got15 as unknown as typeof got),
  got14: ofGot(got14 as unknown as typeof got),
  'node-fetch': ofNodeFetch(nodeFetch),
  'node-fetch2': ofNodeFetch(nodeFetch2),
}

describe.each(Object.entries(clients))('%s', (_, made) => {
  it.each(['http', 'https'] as const)(
    'goes through an %s proxy within the caps, and is led from one scheme to the other',
    async (scheme) => {
      const proxy = await countingProxy({ secure: scheme === 'https', credentials: 'user:secret' })
      const ports = { http: 0, https: 0 }
      const seen: unknown[] = []
      const handler: Handler = (request, response) => {
        seen.push(request.headers['proxy-authorization'])
        if (request.url === '/to-https') response.writeHead(302, { location: `https://localhost:${ports.https}/` }).end()
        else if (request.url === '/to-http') response.writeHead(302, { location: `http://localhost:${ports.http}/` }).end()
        else response.end(request.url)
      }
      const [plain, secure] = await Promise.all([listen('http', handler), listen('https', handler)])
      Object.assign(ports, { http: plain.port, https: secure.port })
      const opened = openProxied({ client: 'node-http', scheme: 'http' }, proxy.url(scheme, 'user:secret'), {
        maxConnections: 4,
        maxConnectionsPerHost: 3,
      })
      const counter = countSockets(proxy.port)
      const get = made(opened)
      const paths = ['/a', '/to-https', '/to-http']
      const answers = await Promise.all(
        Array.from({ length: 36 }, (_, index) =>
          get(
            `${index % 2 === 0 ? 'http' : 'https'}://localhost:${index % 2 === 0 ? ports.http : ports.https}${paths[index % 3]}`,
          ),
        ),
      )
      expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(
        Array.from({ length: 36 }, (_, index) => (index % 3 === 0 ? '200 /a' : '200 /')),
      )
      expect(new Set(seen)).toEqual(new Set([undefined]))
      expect(counter.peak).toBeLessThanOrEqual(4)
      expect([counter.opened, counter.totals().opened]).toEqual([opened.pool.stats().created, counter.opened])
      expect(opened.pool.stats().reused).toBeGreaterThan(0)
      await opened.pool.close()
    },
  )

  it.each(['http', 'https'] as const)(
    'hears of a refusal (%s), and what it makes of that holds no credentials',
    async (scheme) => {
      const proxy = await countingProxy({ credentials: 'user:pass' })
      const opened = openProxied({ client: 'node-http', scheme }, proxy.url('http', 'user:secret'))
      const error = await errorOf(made(opened)(`${scheme}://a.test/`))
      const chain = [error, error.cause as NodeJS.ErrnoException | undefined]
      expect(chain.map((one) => one?.code)).toContain('ERR_POOL_PROXY')
      expect(inspect(error, { depth: 8 })).not.toMatch(/secret|dXNlcjpz/)
      await until(() => expect(opened.pool.stats().open).toBe(0))
    },
  )
})
