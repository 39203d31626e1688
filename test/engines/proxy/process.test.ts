import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { cleanup, listen } from '../node-agent/support.ts'
import { countingProxy, rawServer, scriptedProxy } from './proxies.ts'

const source = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)

interface Engine {
  readonly name: string
  /** Has `open(config)`, `get(url)` of a pool, and a way to send a request. */
  readonly before: string
}

const engines: readonly Engine[] = [
  {
    name: 'node-agent',
    before: `
      const { openAgents } = await import(${source('engines/node-agent/open-agents.ts')})
      const { support } = await import(${source('clients/node-http/support.ts')})
      const native = { rejectUnauthorized: false }
      const engine = openAgents
      const send = async (pool, url) => {
        const scheme = url.startsWith('https') ? 'https' : 'http'
        const { get } = await import('node:' + scheme)
        return new Promise((resolve, reject) =>
          get(url, { agent: pool.options[scheme] }, (response) => response.resume().on('end', resolve)).on('error', reject))
      }`,
  },
  {
    name: 'undici-dispatcher',
    before: `
      const { openDispatcher } = await import(${source('engines/undici-dispatcher/open-dispatcher.ts')})
      const { support } = await import(${source('clients/undici/support.ts')})
      const { undiciPeer } = await import(${source('clients/undici/peer.ts')})
      const { request } = await import('undici')
      const native = { connect: { rejectUnauthorized: false } }
      const engine = (core, given) => openDispatcher(core, undiciPeer(), given)
      const send = async (pool, url) => (await request(url, pool.options)).body.dump()`,
  },
]

/** Runs a module's text that has a pool of the given proxy, and gives its exit code and what it has printed. */
async function run(
  { before: setUp }: Engine,
  proxy: string,
  code: string,
): Promise<{ readonly exit: unknown; readonly out: string }> {
  const before = `
    const { openPool } = await import(${source('engines/open-pool.ts')})
    ${setUp}
    const given = { ...native, proxyTls: { rejectUnauthorized: false } }
    const open = (config) =>
      openPool(support, { proxy: ${JSON.stringify(proxy)}, ...config }, { strict: false }, (core) => engine(core, given))
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', before + code], { cwd: import.meta.dirname })
  cleanup(() => void child.kill())
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += String(data)))
  const [exit] = await once(child, 'close')
  return { exit, out: out.trim() }
}

const cases = engines.flatMap((engine) => (['http', 'https'] as const).map((scheme) => [engine.name, scheme, engine] as const))

describe.each(cases)('a process with a pool of %s behind a proxy (%s)', (_, scheme, engine) => {
  it('ends while connections idle', async () => {
    const proxy = await countingProxy()
    const { port } = await listen(scheme)
    const { exit, out } = await run(
      engine,
      proxy.url(),
      `const pool = open({ keepAliveExpiry: '1h' })
       await send(pool, '${scheme}://localhost:${port}/')
       process.on('exit', () => console.log(pool.stats().idle))`,
    )
    expect([exit, out]).toEqual([0, '1'])
  })

  it('ends while connections are made for nobody', async () => {
    const silent = scheme === 'http' ? await rawServer() : await scriptedProxy()
    const { exit, out } = await run(
      engine,
      silent.url(scheme === 'http' ? 'https' : 'http'),
      `const pool = open({ hosts: { '${scheme}://a.test:81': { minIdleConnectionsPerHost: 2 } } })
       process.on('exit', () => console.log(pool.stats().open))`,
    )
    expect([exit, out]).toEqual([0, '2'])
  })

  it('goes on while a request waits for its way', async () => {
    const proxy = await scriptedProxy(({ socket }) => setTimeout(() => socket.end(), 200))
    const { exit, out } = await run(
      engine,
      proxy.url(),
      `const pool = open({})
       await send(pool, 'https://a.test/').catch(({ code }) => console.log(code))`,
    )
    expect([exit, out]).toEqual([0, 'ERR_POOL_PROXY'])
  })
})
