import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { cleanup, listen } from '../node-agent/support.ts'
import { countingProxy, rawServer, scriptedProxy } from './proxies.ts'

const source = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)

/** Runs a module's text that has a pool of the given proxy, and gives its exit code and what it has printed. */
async function run(proxy: string, code: string): Promise<{ readonly exit: unknown; readonly out: string }> {
  const before = `
    const { openPool } = await import(${source('engines/open-pool.ts')})
    const { openAgents } = await import(${source('engines/node-agent/open-agents.ts')})
    const { support } = await import(${source('clients/node-http/support.ts')})
    const given = { rejectUnauthorized: false, proxyTls: { rejectUnauthorized: false } }
    const open = (config) =>
      openPool(support, { proxy: ${JSON.stringify(proxy)}, ...config }, { strict: false }, (core) => openAgents(core, given))
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', before + code], { cwd: import.meta.dirname })
  cleanup(() => void child.kill())
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += String(data)))
  const [exit] = await once(child, 'close')
  return { exit, out: out.trim() }
}

describe.each(['http', 'https'] as const)('a process with a pool behind a proxy (%s)', (scheme) => {
  it('ends while connections idle', async () => {
    const proxy = await countingProxy()
    const { port } = await listen(scheme)
    const { exit, out } = await run(
      proxy.url(),
      `const pool = open({ keepAliveExpiry: '1h' })
       const ${scheme} = await import('node:${scheme}')
       ${scheme}.get({ host: 'localhost', port: ${port}, agent: pool.options.${scheme} }, (response) => response.resume())
       process.on('exit', () => console.log(pool.stats().idle))`,
    )
    expect([exit, out]).toEqual([0, '1'])
  })

  it('ends while connections are made for nobody', async () => {
    const silent = scheme === 'http' ? await rawServer() : await scriptedProxy()
    const { exit, out } = await run(
      silent.url(scheme === 'http' ? 'https' : 'http'),
      `const pool = open({ hosts: { '${scheme}://a.test:81': { minIdleConnectionsPerHost: 2 } } })
       process.on('exit', () => console.log(pool.stats().open))`,
    )
    expect([exit, out]).toEqual([0, '2'])
  })

  it('goes on while a request waits for its way', async () => {
    const proxy = await scriptedProxy(({ socket }) => setTimeout(() => socket.end(), 200))
    const { exit, out } = await run(
      proxy.url(),
      `const pool = open({})
       const { get } = await import('node:https')
       get({ host: 'a.test', agent: pool.options.https }).on('error', ({ code }) => console.log(code))`,
    )
    expect([exit, out]).toEqual([0, 'ERR_POOL_PROXY'])
  })
})
