import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'

const run = promisify(execFile)

const program = `
  import http from 'node:http'
  import { createPool } from './adapters/node-http.ts'
  const held = []
  const server = http.createServer((request, response) => (request.url === '/hold' ? held.push(response) : response.end('ok')))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = 'http://user:hidden-password@127.0.0.1:' + server.address().port
  const pool = createPool({ maxConnections: 1, maxPending: 1 }, {}, { name: 'payments' })
  const ask = (path, signal) =>
    new Promise((resolve) => {
      http
        .get(url + path, { agent: pool.options.http, signal, headers: { authorization: 'Bearer hidden-token' } }, (response) => response.resume().on('end', resolve))
        .on('error', resolve)
    })
  const first = ask('/hold')
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const second = ask('/?key=hidden-query')
  await ask('/')
  held[0].end('held')
  await Promise.all([first, second])
  pool.reconfigure({ maxConnections: 2, proxy: 'http://user:hidden-proxy@127.0.0.1:1' })
  const unnamed = createPool({ acquireTimeout: '20ms', maxConnections: 5 })
  await unnamed.close()
  await pool.close()
  server.close()
`

async function linesWith(NODE_DEBUG: string): Promise<string[]> {
  const { stderr } = await run(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', program],
    {
      cwd: root,
      env: { ...process.env, NODE_DEBUG },
    },
  )
  expect(stderr).not.toContain('hidden')
  return stderr.split('\n').filter((line) => line.startsWith('POLYPOOL'))
}

test('NODE_DEBUG=polypool prints a line for each decision, with pool, origin and why, and without secrets', async () => {
  const lines = await linesWith('polypool')
  const told = lines.map((line) =>
    line
      .replace(/^POLYPOOL \d+: /, '')
      .replace(/127\.0\.0\.1:\d+/, 'host')
      .replaceAll(/[\d.]+m?s\b/g, 'T'),
  )
  expect(told).toEqual([
    'payments create for node:http: maxConnections 1',
    'payments grant http://host: a new connection',
    'payments open http://host: connected within T by http/1.1',
    'payments wait http://host: maxConnections is 1, 1 request pending',
    'payments reject http://host: ERR_POOL_QUEUE_FULL',
    "payments grant http://host: its connection's request 2 after T",
    expect.stringMatching(/^payments reconfigure: maxConnections 1 → 2, proxy false → http:\/\/.*\*\*\*/),
    '#1 create for node:http: maxConnections 5',
    '#1 closed',
    expect.stringMatching(/^payments close http:\/\/host: (?:closed|expired), after T and 2 requests$/),
    'payments closed',
  ])
})

test('without it nothing is printed', async () => {
  expect(await linesWith('http2')).toEqual([])
})
