import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Controller, Handler } from '../../../src/engines/undici-dispatcher/peer.ts'
import { type Interceptor, type Native, open, serve, until, type Version, versions } from './harness.ts'

interface Case {
  readonly options?: object
  readonly paths: readonly string[]
  /** Requests that reach the server. */
  readonly sent: number
}

/** What shows that an interceptor does its work, for every one that undici has: a new one fails until it stands here. */
const cases: { readonly [name: string]: Case } = {
  redirect: { options: { maxRedirections: 2 }, paths: ['/redirect'], sent: 2 },
  responseError: { paths: ['/missing', '/'], sent: 2 },
  retry: { options: { maxRetries: 3, minTimeout: 1 }, paths: ['/flaky'], sent: 3 },
  dump: { paths: ['/', '/'], sent: 2 },
  dns: { paths: ['/', '/'], sent: 2 },
  cache: { paths: ['/cached', '/cached'], sent: 1 },
  decompress: { paths: ['/gzip', '/'], sent: 2 },
  deduplicate: { paths: ['/slow', '/slow', '/slow'], sent: 1 },
}

function answers(): RequestListener {
  let failures = 2
  return (request, response) => {
    switch (request.url) {
      case '/redirect':
        return response.writeHead(302, { location: '/landed' }).end()
      case '/missing':
        return response.writeHead(404, { 'content-type': 'text/plain' }).end('not here')
      case '/flaky':
        return response.writeHead(failures-- > 0 ? 503 : 200).end('at last')
      case '/cached':
        return response.writeHead(200, { 'cache-control': 'public, max-age=60' }).end('kept')
      case '/gzip':
        return response.writeHead(200, { 'content-encoding': 'gzip', 'x-other': 'a' }).end(gzipSync('unpacked'))
      case '/slow':
        return setTimeout(() => response.end('slow'), 50)
      default:
        return response.end(request.url)
    }
  }
}

/** What callers see of the answers, as far as it does not change from run to run. */
async function seen({ api }: Version, dispatcher: Native, { paths }: Case, origin: string): Promise<unknown[]> {
  const one = async (path: string) => {
    try {
      const { statusCode, headers, body } = await api.request(origin + path, { dispatcher })
      const text = await body.text()
      return { statusCode, text, encoding: headers['content-encoding'], other: headers['x-other'] }
    } catch (error) {
      const { code, statusCode, body } = error as { code?: string; statusCode?: number; body?: unknown }
      return { code, statusCode, body }
    }
  }
  if (paths[0] === '/slow') return Promise.all(paths.map(one))
  const results = []
  for (const path of paths) results.push(await one(path))
  return results
}

describe.each(versions)('$name', (version) => {
  const { api } = version
  const interceptors = api.interceptors as { readonly [name: string]: (options?: object) => Interceptor }

  test.each(Object.keys(interceptors))('the interceptor %s does over a pool what it does over an Agent', async (name) => {
    const scenario = cases[name]
    if (scenario === undefined) throw new Error(`no case for the interceptor ${name}`)
    const pool = open(version)
    const agent = new api.Agent({})
    const results = []
    for (const dispatcher of [agent, pool.dispatcher as unknown as Native]) {
      const server = await serve(answers())
      const composed = dispatcher.compose(interceptors[name]?.(scenario.options) as Interceptor)
      results.push(await seen(version, composed, scenario, server.origin))
      expect(server.seen.length).toBe(scenario.sent)
      if (dispatcher !== agent) await until(() => pool.stats().active === 0)
      await composed.close()
    }
    expect(results[1]).toEqual(results[0])
    expect(pool.stats().created + pool.stats().reused).toBeGreaterThan(0)
    expect(pool.dispatcher.destroyed).toBe(true)
  })

  test('what an interceptor makes of the raw headers and trailers is what the next one reads', async () => {
    const { origin } = await serve((_request, response) => void response.end('ok'))
    const pool = open(version)
    const read = await new Promise<unknown[]>((resolve, reject) => {
      const texts: unknown[] = []
      const handler: Handler = {
        onRequestStart() {},
        onResponseStart(controller: Controller) {
          controller.rawHeaders = ['x-a', 'b']
          texts.push(controller.rawHeaders)
        },
        onResponseData() {},
        onResponseEnd(controller: Controller) {
          controller.rawTrailers = ['x-c', 'd']
          resolve([...texts, controller.rawTrailers])
        },
        onResponseError: (_controller, error) => reject(error),
      }
      pool.dispatcher.dispatch({ origin, path: '/', method: 'GET' }, handler)
    })
    expect(read).toEqual([
      ['x-a', 'b'],
      ['x-c', 'd'],
    ])
  })
})
