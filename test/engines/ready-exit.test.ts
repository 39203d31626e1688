import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const adapters = new URL('../../adapters/', import.meta.url)
const names = readdirSync(adapters).map((file) => path.basename(file, '.ts'))

/** A server that accepts and says nothing. */
async function silent(): Promise<string> {
  const server = net.createServer((socket) => socket.on('error', () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Runs a module's text, and gives its exit code and what it has printed. */
async function run(code: string): Promise<{ readonly exit: unknown; readonly out: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: import.meta.dirname })
  onTestFinished(() => void child.kill())
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += String(data)))
  const [exit] = await once(child, 'close')
  return { exit, out }
}

const adapterOf = (name: string) => JSON.stringify(new URL(`${name}.ts`, adapters).href)

test.each(names)('%s: connections that are kept ready do not keep the process alive', async (name) => {
  const url = await silent()
  const { exit, out } = await run(`
    const { createPool } = await import(${adapterOf(name)})
    const pool = createPool({ keepAliveExpiry: '1h', hosts: { ${JSON.stringify(url)}: { minIdleConnectionsPerHost: 2 } } })
    const look = setInterval(() => {
      if (pool.stats().idle < 2) return
      clearInterval(look)
      console.log('ready')
    }, 5)
  `)
  expect([exit, out.trim()]).toEqual([0, 'ready'])
})

test.each(names)('%s: whoever waits for preconnect is told before the process ends', async (name) => {
  const url = await silent()
  const { exit, out } = await run(`
    const { createPool } = await import(${adapterOf(name)})
    console.log(await createPool().preconnect(${JSON.stringify(url)}, 2))
  `)
  expect([exit, out.trim()]).toEqual([0, '2'])
})

test.each(names)('%s: nor do those that are still connecting', async (name) => {
  // The handshake hangs.
  const url = (await silent()).replace('http:', 'https:')
  const { exit, out } = await run(`
    const { createPool } = await import(${adapterOf(name)})
    const pool = createPool({ hosts: { ${JSON.stringify(url)}: { minIdleConnectionsPerHost: 2 } } })
    process.on('exit', () => console.log(pool.stats().open))
  `)
  expect([exit, out.trim()]).toEqual([0, '2'])
})
