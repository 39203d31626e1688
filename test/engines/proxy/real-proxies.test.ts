import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram, folderFor, freePort, startProgram } from '../../programs.ts'
import { cleanup, countSockets, errorOf, listen, until } from '../node-agent/support.ts'
import { engines } from './engines.ts'

interface RealProxy {
  readonly name: string
  readonly file: string | undefined
  /** What it answers CONNECT with for wrong credentials. */
  readonly denies: number
  start(file: string, options: { readonly credentials?: string; readonly maxClients?: number }): Promise<number>
}

async function startTinyproxy(file: string, { credentials, maxClients = 100 }: { credentials?: string; maxClients?: number }) {
  const [port, folder] = [await freePort(), folderFor('tinyproxy')]
  const [user, password] = credentials?.split(':') ?? []
  writeFileSync(
    path.join(folder, 'tinyproxy.conf'),
    [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Timeout 600',
      `MaxClients ${maxClients}`,
      'LogLevel Critical',
      'DisableViaHeader Yes',
      ...(user === undefined ? [] : [`BasicAuth ${user} ${password}`]),
    ].join('\n'),
  )
  const { stop } = await startProgram(file, ['-d', '-c', path.join(folder, 'tinyproxy.conf')], port, folder)
  cleanup(stop)
  return port
}

async function startSquid(file: string, { credentials }: { credentials?: string }) {
  const [port, folder] = [await freePort(), folderFor('squid')]
  // Started by root it becomes another user, as programs do on Unix.
  chmodSync(folder, 0o777)
  const helper = path.join(folder, 'check.sh')
  // Squid's protocol for helpers: one line with user and password, percent-encoded, and OK or ERR.
  writeFileSync(
    helper,
    `#!/bin/sh\nwhile read line; do [ "$line" = "${credentials?.replace(':', ' ')}" ] && echo OK || echo ERR; done\n`,
    { mode: 0o755 },
  )
  writeFileSync(
    path.join(folder, 'squid.conf'),
    [
      `http_port 127.0.0.1:${port}`,
      'cache deny all',
      'cache_mem 8 MB',
      'access_log none',
      `cache_log ${folder}/cache.log`,
      `pid_filename ${folder}/squid.pid`,
      `coredump_dir ${folder}`,
      'shutdown_lifetime 0 seconds',
      'visible_hostname squid.test',
      'pinger_enable off',
      'via off',
      'forwarded_for delete',
      ...(credentials === undefined
        ? ['http_access allow all']
        : [
            `auth_param basic program ${helper}`,
            'acl known proxy_auth REQUIRED',
            'http_access allow known',
            'http_access deny all',
          ]),
    ].join('\n'),
  )
  const { stop } = await startProgram(file, ['-N', '-n', `polypool${port}`, '-f', path.join(folder, 'squid.conf')], port, folder)
  cleanup(stop)
  return port
}

const proxies: readonly RealProxy[] = [
  { name: 'tinyproxy', file: findProgram('tinyproxy'), denies: 401, start: startTinyproxy },
  { name: 'squid', file: findProgram('squid'), denies: 407, start: startSquid },
]

describe.each(proxies)('$name', ({ file = '', denies, start }) => {
  const here = it.skipIf(file === '')

  here.each(engines)(
    '$name: carries requests to several origins within the caps, by connections used again',
    async ({ open }) => {
      const port = await start(file, { credentials: 'user:pass' })
      const seen: unknown[] = []
      const answer: Parameters<typeof listen>[1] = (request, response) => {
        seen.push(request.headers['proxy-authorization'])
        response.end(request.url)
      }
      const origins = await Promise.all([listen('https', answer), listen('https', answer), listen('http', answer)])
      const proxied = open(`http://user:pass@127.0.0.1:${port}`, { maxConnections: 5, maxConnectionsPerHost: 3 })
      const counter = countSockets(port)
      for (let round = 0; round < 2; round++) {
        const bodies = await Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const at = origins[index % 3] as (typeof origins)[number]
            const scheme = at === origins[2] ? 'http' : 'https'
            return (await proxied.get(`${scheme}://127.0.0.1:${at.port}/${index}`)).body
          }),
        )
        expect(bodies).toEqual([...Array(40).keys()].map((index) => `/${index}`))
      }
      expect(new Set(seen)).toEqual(new Set([undefined]))
      expect(counter.peak).toBeLessThanOrEqual(5)
      const { created, reused } = proxied.pool.stats()
      expect([created, created + reused]).toEqual([counter.opened, 80])
      expect(reused).toBeGreaterThan(40)
      await proxied.pool.close()
      await proxied.expectEmpty()
    },
  )

  here.each(engines)('$name: that does not take the credentials is told of', async ({ open }) => {
    const port = await start(file, { credentials: 'user:pass' })
    const proxied = open(`http://user:wrong@127.0.0.1:${port}`, { maxConnections: 2 })
    const counter = countSockets(port)
    const errors = await Promise.all(Array.from({ length: 6 }, () => errorOf(proxied.get('https://127.0.0.1:1/'))))
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', statusCode: denies, proxy: `http://127.0.0.1:${port}` })
      expect(error.message).toContain('it does not take the credentials that it was sent')
    }
    expect(counter.peak).toBe(2)
    await proxied.expectEmpty()
  })

  here.each(engines)('$name: that can’t reach the origin is told of', async ({ open }) => {
    const port = await start(file, {})
    const proxied = open(`http://127.0.0.1:${port}`)
    const error = await errorOf(proxied.get('https://127.0.0.1:1/'))
    expect(error).toMatchObject({ code: 'ERR_POOL_PROXY', origin: 'https://127.0.0.1:1' })
    expect([500, 502, 503]).toContain((error as { statusCode?: number }).statusCode)
    await proxied.expectEmpty()
  })

  here.each(engines)('$name: that closes what idles costs no request', async ({ open }) => {
    const port = await start(file, {})
    const origin = await listen('https')
    const proxied = open(`http://127.0.0.1:${port}`, { maxConnections: 1 })
    const to = `https://127.0.0.1:${origin.port}/`
    await proxied.get(to)
    for (const socket of origin.sockets) socket.destroy()
    await until(() => expect(proxied.pool.stats().open).toBe(0))
    expect(await proxied.get(to)).toMatchObject({ status: 200 })
    expect(proxied.pool.stats()).toMatchObject({ created: 2, reused: 0 })
  })
})

describe('tinyproxy with MaxClients', () => {
  const [{ file = '' }] = proxies as [RealProxy]

  it.skipIf(file === '').each(engines)(
    '$name: answers all requests of a pool of as many connections, and lets further ones of another wait in vain',
    async ({ open }) => {
      const port = await startTinyproxy(file, { maxClients: 3 })
      const origin = await listen('https')
      const to = `https://127.0.0.1:${origin.port}/`
      const within = open(`http://127.0.0.1:${port}`, { maxConnections: 3 })
      const counter = countSockets(port)
      const answers = await Promise.all(Array.from({ length: 20 }, () => within.get(to)))
      expect(answers.filter(({ status }) => status === 200).length).toBe(20)
      expect(counter.peak).toBe(3)
      await within.pool.close()
      await within.expectEmpty()

      const beyond = open(`http://127.0.0.1:${port}`, { maxConnections: 10, connectTimeout: 500 })
      const ends = await Promise.all(
        Array.from({ length: 20 }, () =>
          beyond.get(to).then(
            ({ status }) => status,
            (error: Error & { code: string }) => error.code,
          ),
        ),
      )
      expect(new Set(ends)).toEqual(new Set([200, 'ERR_POOL_CONNECT_TIMEOUT']))
      expect(await beyond.get(to)).toMatchObject({ status: 200 })
      await beyond.pool.close()
      await beyond.expectEmpty()
    },
  )
})
