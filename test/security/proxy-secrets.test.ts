import { once } from 'node:events'
import http from 'node:http'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { request } from 'undici'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { Pool } from '../../src/adapter.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { readRoutes } from '../../src/config/proxies/ways.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { ReadOptions } from '../../src/dialects/types.ts'
import { draws } from '../draws.ts'
import { scriptedProxy } from '../engines/proxy/proxies.ts'

/** In every password that is drawn: where this is seen, at least a part of it is. */
const marker = 'Zqxj9'

/** What people write into passwords, with what is special in URLs, variables and patterns. */
const piece = fc.string({ unit: fc.constantFrom(...'aB3-_.~!$&()*+,;=:@/?#[]%^{}|<>"\'`\\é '), maxLength: 6 })
const password = fc.tuple(piece, piece).map(([before, after]) => `${before}${marker}${after}`)

/** As URLs have it, or as somebody wrote it who forgot that. */
const written = fc.tuple(password, fc.boolean()).map(([text, encoded]) => (encoded ? encodeURIComponent(text) : text))

/** URLs with a password, right ones and wrong ones. */
const url = fc
  .record({
    scheme: fc.constantFrom('http://', 'https://', 'socks5://', 'socks5h://', 'ftp://', 'HTTP://', '', 'http:/', '//'),
    user: fc.constantFrom('user:', 'us%40er:', ':', 'a:b:', '%zz:'),
    secret: written,
    host: fc.constantFrom('@proxy.test:3128', '@proxy.test', '@[::1]:1', '@', '@proxy.test:0', '@proxy.test:99999', '@a b', ''),
    rest: fc.constantFrom('', '', '/', '/path', '?q=1', '#x', '\n'),
  })
  // Behind the last @ is the host, whatever was meant.
  .map(
    ({ scheme, user, secret, host, rest }) =>
      `${scheme}${user}${host === '' ? secret.replaceAll('@', '') : secret}${host}${rest}`,
  )

/** Everything by which people look at a value, or a log does. */
function looksAt(value: unknown): string {
  const json = JSON.stringify(value, (_, one) =>
    one instanceof Error ? { ...one, message: one.message, stack: one.stack } : one,
  )
  return [inspect(value, { depth: 12, showHidden: true }), String(value), json].join('\n')
}

/** What comes of something, be it a value or an error, told to nobody. */
function concealed(make: () => unknown): void {
  let made: unknown
  try {
    made = make()
  } catch (error) {
    made = error
  }
  expect(looksAt(made)).not.toContain(marker)
}

describe('a password of a proxy is shown by nothing', () => {
  test('that a config comes to, right or wrong', () => {
    const places = fc.constantFrom<(value: string) => object>(
      (value) => ({ proxy: value }),
      (value) => ({ hosts: { 'a.test': { proxy: value } } }),
      (value) => ({ hosts: { 'a.test': { proxy: [value] } } }),
      (value) => ({ proxy: { url: value } }),
      (value) => ({ proxy: value, noProxy: ['a b'], maxConnections: 0 }),
      (value) => ({ proxy: new URL('http://x'), uri: value }),
      (value) => ({ proxyUrl: value, proxies: { https: value } }),
    )
    fc.assert(
      fc.property(url, places, (value, place) => concealed(() => parsePoolConfig(place(value)))),
      { numRuns: draws(400) },
    )
  })

  test('that a list of hosts comes to, into which somebody wrote one', () => {
    fc.assert(
      fc.property(url, (value) => {
        concealed(() => parsePoolConfig({ proxy: 'http://p.test', noProxy: [value] }))
        // In a text a space or a comma ends a host: what is behind it is one too, as far as anybody can tell.
        if (!/[\s,]/.test(value)) concealed(() => readRoutes({ proxy: 'env' }, { NO_PROXY: value, HTTPS_PROXY: 'http://p.test' }))
      }),
      { numRuns: draws(300) },
    )
  })

  test('that the environment comes to', () => {
    const variables = fc.constantFrom('HTTP_PROXY', 'https_proxy', 'ALL_PROXY')
    fc.assert(
      fc.property(url, variables, (value, variable) => concealed(() => readRoutes({ proxy: 'env' }, { [variable]: value }))),
      { numRuns: draws(300) },
    )
  })

  test('that settings of Python come to', () => {
    const auth = (value: string) => ({ 'Proxy-Authorization': `Basic ${btoa(unescape(encodeURIComponent(`user:${value}`)))}` })
    const settings = fc.constantFrom<readonly [keyof typeof dialects, (value: string) => object]>(
      ['httpx', (value) => ({ proxy: value })],
      ['httpx', (value) => ({ mounts: { 'all://': value, 'https://a.test': value } })],
      ['httpx', (value) => ({ mounts: value })],
      ['requestx', (value) => ({ proxy: value })],
      ['requests', (value) => ({ proxies: { http: value, https: value, no_proxy: value } })],
      ['requests', (value) => ({ proxies: { [value]: 'http://p.test' } })],
      ['urllib3', (value) => ({ proxy_url: value })],
      ['urllib3', (value) => ({ proxy_url: 'http://p.test', proxy_headers: auth(value) })],
      ['urllib3', (value) => ({ proxy_url: 'http://p.test', proxy_headers: value })],
      ['aiohttp', (value) => ({ proxy: value })],
      ['aiohttp', (value) => ({ proxy: 'http://p.test', proxy_auth: ['user', value] })],
      ['pycurl', (value) => ({ PROXY: value, NOPROXY: value.replaceAll(/[\s,]/g, '') })],
      ['pycurl', (value) => ({ PROXY: 'p.test', PROXYUSERPWD: `user:${value}` })],
    )
    fc.assert(
      fc.property(url, settings, (value, [name, given]) => {
        const read = dialects[name].read as (settings: object, options?: ReadOptions) => { config: object }
        concealed(() => read(given(value)))
      }),
      { numRuns: draws(400) },
    )
  })
})

const toClose: (() => unknown)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

/** What a proxy may say to a CONNECT, and its page repeats what it was sent. */
const answers = ['407 Proxy Authentication Required', '401 Unauthorized', '403 Forbidden', '502 Bad Gateway', '200 OK', 'nothing']

/** A pool, what a request through it ends with, and what it is given to its client. */
interface Opened {
  readonly pool: Pool<unknown>
  readonly given: unknown
  send(scheme: 'http' | 'https'): Promise<unknown>
}

const ways: { readonly [client: string]: (proxy: string) => Opened } = {
  'node-http': (proxy) => {
    const pool = nodeHttp.createPool({ proxy, connectTimeout: 2000 }, {}, { name: 'secrets' })
    const send = async (scheme: 'http' | 'https') => {
      const sent = http.request({
        agent: pool.options[scheme],
        host: 'origin.test',
        port: 80,
        protocol: `${scheme}:`,
      } as http.RequestOptions)
      sent.end()
      await once(sent, 'response').then(([response]) => response.resume())
    }
    return { pool, given: pool.options, send }
  },
  undici: (proxy) => {
    const pool = undici.createPool({ proxy, connectTimeout: 2000 }, {}, { name: 'secrets' })
    const { dispatcher } = pool.options
    return {
      pool,
      given: dispatcher,
      send: async (scheme) => (await request(`${scheme}://origin.test/`, { dispatcher })).body.dump(),
    }
  },
}

const cases = Object.entries(ways).flatMap(([client, open]) => answers.map((answer) => [client, answer, open] as const))

test.each(cases)('nor by what a pool of %s says of a proxy that answers %s', async (_, answer, open) => {
  const debugged: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => debugged.push(String(text)) > 0)
  toClose.push(() => vi.restoreAllMocks())
  const secret = encodeURIComponent(`a/b ${marker}:@é`)
  const proxy = await scriptedProxy(({ socket, text }) => {
    if (answer === 'nothing') socket.destroy()
    else socket.end(`HTTP/1.1 ${answer}\r\nProxy-Authenticate: Basic realm="${btoa(text)}"\r\nContent-Length: 5\r\n\r\nhello`)
  })
  const { pool, given, send } = open(proxy.url('http', `user:${secret}`))
  toClose.push(() => pool.destroy())
  for (const scheme of ['http', 'https'] as const) {
    const error = await send(scheme).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const sent = proxy.heads.at(-1)?.text ?? ''
    const basic = /^Proxy-Authorization: Basic (\S+)/im.exec(sent)?.[1] ?? 'none'
    expect(Buffer.from(basic, 'base64').toString()).toContain(marker)
    const shown = [error, pool, pool.stats(), pool.notes, pool.config].map(looksAt)
    for (const text of [...shown, inspect(given, { depth: 8, showHidden: true }), ...debugged]) {
      expect(text).not.toContain(marker)
      expect(text).not.toContain(basic)
    }
  }
})
