import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'

const run = promisify(execFile)

const before = `
  import http from 'node:http'
  import { createPool } from './adapters/node-http.ts'
  const server = http.createServer((_request, response) => response.end('ok'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = 'http://127.0.0.1:' + server.address().port
  const ask = (pool) =>
    new Promise((resolve, reject) => {
      http.get(url, { agent: pool.options.http }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })
  const codes = []
  process.on('warning', ({ name, code, message }) => name === 'PolypoolWarning' && codes.push(code + ' ' + message.split(' Silence')[0]))
  // The alarms that keep what has expired live as long as connects may take.
  const soon = { keepAliveExpiry: 20, connectTimeout: 300 }
  const collect = async (count = Infinity) => {
    for (let round = 0; round < (count === Infinity ? 60 : 6000) && codes.length < count; round++) {
      gc()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
`
const after = `
  server.closeAllConnections()
  server.close()
  console.log(JSON.stringify(codes))
`

async function warnedBy(program: string, ...flags: string[]): Promise<string[]> {
  const args = ['--expose-gc', '--input-type=module', '--disable-warning=ExperimentalWarning', ...flags]
  const { stdout } = await run(process.execPath, [...args, '-e', before + program + after], { cwd: root })
  return JSON.parse(stdout) as string[]
}

const perRequest = (count: number, end: string, config = '{}', warnings = 'Infinity') => `
  for (let request = 0; request < ${count}; request++) {
    const pool = createPool(${config})
    await ask(pool)
    ${end}
  }
  await collect(${warnings})
`

const manyPools = [
  expect.stringMatching(/^POLYPOOL_POOL_PER_REQUEST 100 pools for node:http of the same config were made, used and left within/),
]

test('a pool for each request is told of once, as soon as there were a hundred within a minute', async () => {
  expect(await warnedBy(perRequest(250, 'await pool.close()'))).toEqual(manyPools)
})

test('also where they are left', async () => {
  const warned = await warnedBy(perRequest(150, '', 'soon', "codes.some((code) => code.includes('PER_REQUEST')) ? 0 : 2"))
  // The first of them to go may be told of as left before there are a hundred.
  expect(warned.filter((warning) => !warning.startsWith('POLYPOOL_POOL_LEAKED'))).toEqual(manyPools)
})

test('pools of different configs, fewer than a hundred, unused ones, and such as live on say nothing', async () => {
  const warned = await warnedBy(`
    ${perRequest(150, 'await pool.close()', '{ maxConnections: request + 1 }')}
    ${perRequest(90, 'await pool.close()')}
    for (let made = 0; made < 150; made++) await createPool({ maxPending: 7 }).close()
    const living = []
    for (let made = 0; made < 150; made++) living.push(createPool({ maxPending: 8 }))
    await Promise.all(living.map(ask))
    await collect()
  `)
  expect(warned).toEqual([])
})

const left = (count: string) => `
  const count = ${count}
  const use = async () => {
    const pool = createPool(soon, {}, { name: 'payments' })
    await ask(pool)
  }
  await use()
  await use()
  await collect(count)
`

test('a pool that is collected without having been closed is told of, once for all that are alike', async () => {
  expect(await warnedBy(left('1'))).toEqual([
    expect.stringMatching(/^POLYPOOL_POOL_LEAKED the pool payments for node:http was left without being closed/),
  ])
})

test('one that was closed, one whose agent is in use, and one that never connected are not', async () => {
  const warned = await warnedBy(`
    const close = async () => {
      const pool = createPool(soon)
      await ask(pool)
      await pool.close()
    }
    await close()
    createPool({})
    const keep = async () => {
      const pool = createPool({ ...soon, maxPending: 9 })
      await ask(pool)
      return pool.options.http
    }
    const agent = await keep()
    await collect()
    await ask({ options: { http: agent } })
  `)
  expect(warned).toEqual([])
})

test('Node silences each by its code, and a pool all of its own', async () => {
  const silent = left('Infinity').replace("name: 'payments'", 'warnings: false')
  expect(await warnedBy(silent)).toEqual([])
  const args = [
    '--expose-gc',
    '--input-type=module',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=POLYPOOL_POOL_LEAKED',
  ]
  const { stderr } = await run(process.execPath, [...args, '-e', before + left('1') + after], { cwd: root })
  expect(stderr).toBe('')
})
