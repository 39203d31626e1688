import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'
import { useServers } from './scripted-server.ts'

const [upstream] = useServers(1) as [ReturnType<typeof useServers>[0]]

const clients = ['node-http', 'agentkeepalive', 'undici'] as const

/** What of Node's is active while a request runs, and what after the pool has ended. */
const suite = (client: string, end: string) => `
  import http from 'node:http'
  import { createRequire } from 'node:module'
  import { createPool } from './adapters/${client}.ts'
  const before = process.getActiveResourcesInfo()
  const active = () => process.getActiveResourcesInfo().filter((name) => !before.includes(name))
  const url = process.env.UPSTREAM
  const pool = createPool({ keepAliveExpiry: '1h' })
  const ask = async (path) => {
    if ('dispatcher' in pool.options) {
      const { body } = await createRequire(import.meta.url)('undici').request(url + path, pool.options)
      return body.dump()
    }
    return new Promise((resolve, reject) => {
      http.get(url + path, { agent: pool.options.http }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })
  }
  await ask('/')
  const running = ask('/hold').catch(() => {})
  while (!active().includes('TCPSocketWrap')) await new Promise(setImmediate)
  const during = active()
  await pool.${end}
  await running
  // What asks for a turn of the event loop has it.
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  console.log(JSON.stringify({ during, after: active() }))
`

describe.each(clients)('a test suite of %s', (client) => {
  test.each(['close({ timeout: 20 })', 'destroy()'])('nothing is left after %s', async (end) => {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', suite(client, end)]
    const env = { ...process.env, UPSTREAM: upstream.url }
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
    const { during, after } = JSON.parse(stdout) as { during: string[]; after: string[] }
    expect(during).toContain('TCPSocketWrap')
    expect(after).toEqual([])
    upstream.letGo()
  })
})
