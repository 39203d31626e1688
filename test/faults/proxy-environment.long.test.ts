import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { drivers } from '../../cli/src/conformance/clients/index.ts'
import { proxyNotes } from '../../src/engines/proxy-variables.ts'
import { listen } from '../engines/node-agent/support.ts'

const child = fileURLToPath(new URL('./children/proxied.ts', import.meta.url))
const run = promisify(execFile)

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(no|http|https|all)_proxy$/i.test(name) && name !== 'NODE_USE_ENV_PROXY'),
)

interface Report {
  readonly statuses: readonly number[]
  /** Requests that the pool gave a connection. */
  readonly served: number
  readonly created: number
  /** Client sockets of the process. */
  readonly opened: number
  readonly peak: number
  readonly notes: readonly string[]
}

const sources = [...drivers.map(({ name }) => name), 'got:got14', 'node-fetch:node-fetch2', 'undici:undici7', 'fetch:undici7']

test.each(sources)('%s stays in its pool where the environment names a proxy', async (source) => {
  const proxy = await listen('http', (_, response) => response.writeHead(502).end())
  proxy.server.on('connect', (_, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  const origins = [await listen('http'), await listen('https')]
  const [plain, secure] = origins.map(({ port }) => port)
  const address = `http://user:SECRET@127.0.0.1:${proxy.port}`
  const env = { ...clean, ...Object.fromEntries(names.map((name) => [name, address])), NODE_USE_ENV_PROXY: '1' }
  const { stdout } = await run(process.execPath, [child, source, `http://127.0.0.1:${plain}/`, `https://127.0.0.1:${secure}/`], {
    env,
  })
  const { statuses, served, created, opened, peak, notes }: Report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  expect(statuses).toEqual(Array.from({ length: 24 }, () => 200))
  expect(served).toBe(24)
  expect(opened).toBe(created)
  expect(peak).toBe(5)
  expect(proxy.accepted()).toBe(0)
  expect(notes.at(-1)).toMatch(
    /^HTTPS_PROXY, .* are set in the environment, but the pool .* connects directly, also with NODE_USE_ENV_PROXY/,
  )
  expect(notes.join()).not.toContain('SECRET')
})

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: '', NO_PROXY: '*' }, undefined],
  [
    { HTTP_PROXY: 'http://x.test' },
    /^HTTP_PROXY is set in the environment, but the pool does not read it: it connects directly\. Set proxy: 'env' to go by it, or proxy: false to say/,
  ],
  [{ all_proxy: 'x', https_proxy: 'y' }, /^https_proxy, all_proxy are set in the environment, but the pool does not read them/],
])('the note for %o', (env, message) => {
  const [note, ...others] = proxyNotes(env)
  if (message === undefined) expect(note).toBeUndefined()
  else expect(note).toEqual({ field: 'proxy', support: 'unsupported', message: expect.stringMatching(message) })
  expect(others).toEqual([])
})
