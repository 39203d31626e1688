import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadPools } from '../../../../src/files/index.ts'
import { loadAdapter } from '../../../../test/load-adapter.ts'
import { configText, nameMoves } from '../../../src/commands/migrate/config-file.ts'
import { type Move, moveOf } from '../../../src/commands/migrate/migrate.ts'
import { assertFormat } from '../../../src/reading/shared/config-file.ts'
import { writeUserFile } from '../../../src/reading/shared/write-file.ts'
import { places } from '../../reading/javascript/helpers.ts'

const text = `import { Agent } from 'node:https'
import axios from 'axios'
export const paymentsAgent = new Agent({ keepAlive: true, maxSockets: 40, timeout: 9000 })
const api = axios.create({ httpsAgent: new Agent({ keepAlive: true, maxSockets: size(), timeout: 1500 }) })
`

async function moves(source = text, file = 'src/orders.ts'): Promise<Move[]> {
  const to = await loadAdapter('undici')
  return Promise.all(places(source, file).map(async (place) => moveOf(place, await loadAdapter(place.client), 'undici', to)))
}

function folder(): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'polypool-config-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('the file as YAML: a pool for each place, what is unknown as a comment', async () => {
  expect(configText(nameMoves(await moves()), 'p.yaml', './schema.json')).toBe(`# yaml-language-server: $schema=./schema.json
pools:
  payments:
    # src/orders.ts:3 new https.Agent(…)
    maxConnections: unlimited
    maxConnectionsPerHost: 40
    maxIdleConnectionsPerHost: 256
    keepAliveExpiry: 9s
    acquireTimeout: unlimited
    connectTimeout: unlimited
    tcpKeepAlive: 1s
    retryStale: false
  orders:
    # src/orders.ts:4 axios.create(…)
    # maxConnectionsPerHost: unknown, it depends on size()
    maxConnections: unlimited
    maxIdleConnectionsPerHost: 256
    keepAliveExpiry: 1.5s
    acquireTimeout: unlimited
    connectTimeout: unlimited
    tcpKeepAlive: 1s
    retryStale: false
`)
})

test.each(['yaml', 'yml', 'json', 'jsonc', 'toml', 'ts', 'mts', 'js', 'mjs'])(
  'polypool loads what was written as %s',
  async (format) => {
    const cwd = folder()
    const file = `polypool.config.${format}`
    const named = nameMoves(await moves())
    // The module form imports polypool itself, as a project that has it installed.
    mkdirSync(path.join(cwd, 'node_modules/polypool'), { recursive: true })
    writeFileSync(path.join(cwd, 'node_modules/polypool/package.json'), '{ "type": "module", "exports": "./index.js" }')
    writeFileSync(path.join(cwd, 'node_modules/polypool/index.js'), 'export const definePools = (config) => config\n')
    await writeUserFile(file, configText(named, file, './schema.json'), { cwd, force: false })
    const pools = await loadPools({ file: path.join(cwd, file), env: {} })
    onTestFinished(() => pools.close())
    expect(pools.names).toEqual(expect.arrayContaining(['payments', 'orders']))
    for (const { pool, move } of named) {
      const config = pools.config(pool) as unknown as { [field: string]: unknown }
      for (const [field, value] of Object.entries(move.config)) {
        expect(config[field], `${pool} ${field}`).toBe(value === 'unlimited' ? Number.POSITIVE_INFINITY : value)
      }
    }
  },
)

test('names: that of the variable, or of the file, or of the directory, and each only once', async () => {
  const nameOf = (name: string | undefined, file: string): Partial<Move> => ({ file, ...(name === undefined ? {} : { name }) })
  const named = nameMoves(
    [
      nameOf('paymentsHttpsAgent', 'a.ts'),
      nameOf('api', 'src/orders.ts'),
      nameOf(undefined, 'src/stock/index.ts'),
      nameOf('payments', 'b.ts'),
      nameOf('default', 'index.ts'),
      nameOf('$$', '<stdin>'),
      nameOf('x', 'x.ts'),
      nameOf('HTTPClient', 'weird name ü.ts'),
      nameOf(undefined, 'packages/billing/src/clients/http.ts'),
      nameOf('agent', 'src/lib/index.ts'),
      nameOf(undefined, '../mail/src/index.ts'),
      nameOf(undefined, '/home/somebody/src/index.ts'),
    ].map((move) => move as Move),
  )
  expect(named.map(({ pool }) => pool)).toEqual([
    'payments',
    'orders',
    'stock',
    'payments-2',
    'pool',
    'pool-2',
    'x',
    'weird-name',
    'billing',
    'pool-3',
    'mail',
    'pool-4',
  ])
})

test('a source in a comment stays one line', async () => {
  const [move] = await moves("import http from 'http'\nnew http.Agent({ keepAlive: true, maxSockets: size(\n  1,\n  2\n) })")
  for (const file of ['p.yaml', 'p.toml', 'p.jsonc', 'p.ts']) {
    expect(configText(nameMoves([move as Move]), file, 's')).toMatch(
      / maxConnectionsPerHost: unknown, it depends on size\( 1, 2 \)\n/,
    )
  }
})

test('so does a file name', async () => {
  const [move] = await moves("import http from 'http'\nnew http.Agent({ keepAlive: true })", 'a\npools: x.js')
  expect(configText(nameMoves([move as Move]), 'p.yaml', 's')).toContain('    # a pools: x.js:2 new http.Agent(…)\n')
})

test('a file that is there is kept, unless it is forced', async () => {
  const cwd = folder()
  await writeUserFile('p.yaml', 'one', { cwd, force: false })
  await expect(writeUserFile('p.yaml', 'two', { cwd, force: false })).rejects.toThrow(
    'p.yaml is there already: use --force to overwrite it',
  )
  expect(readFileSync(path.join(cwd, 'p.yaml'), 'utf8')).toBe('one')
  await writeUserFile('p.yaml', 'two', { cwd, force: true })
  expect(readFileSync(path.join(cwd, 'p.yaml'), 'utf8')).toBe('two')
  await expect(writeUserFile('no/such/p.yaml', '', { cwd, force: false })).rejects.toThrow(
    "no/such/p.yaml can't be written: its directory does not exist",
  )
  expect(() => assertFormat('p.xml')).toThrow('p.xml: a config file ends in .yaml')
})
