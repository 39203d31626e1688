import path from 'node:path'
import { expect, test } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { reverseProxyNames } from '../../src/commands/shared/reverse-proxies.ts'
import { run } from '../../src/main.ts'
import { dialectNames, dialectOf } from '../../src/reading/python/dialects.ts'
import { importFile } from '../../src/reading/python/import.ts'
import { settingsObject } from '../../src/reading/python/probes.ts'
import { readPython } from '../../src/reading/python/read-file.ts'
import { Trials } from '../../src/reading/python/trial.ts'
import { csi, type Ended, polypool, project, terminal } from '../command.ts'

/** The same within this process, which takes far less time. */
async function inProcess(args: readonly string[], { cwd }: { cwd: string }): Promise<Ended> {
  const { io, written } = terminal({ cwd, isTTY: false, isErrTTY: false })
  return { code: await run(args, io), stdout: written.out, stderr: written.err }
}

const configs: { readonly [name: string]: PoolConfig } = {
  defaults: {},
  limits: { maxConnections: 50, maxIdleConnections: 10, keepAliveExpiry: '30s', acquireTimeout: '2s', connectTimeout: '1.5s' },
  'limits of hosts': {
    maxConnections: 'unlimited',
    maxConnectionsPerHost: 8,
    maxHosts: 5,
    acquireTimeout: 'unlimited',
    dnsCacheTtl: '5m',
  },
  'without waiting': { maxConnections: 'unlimited', maxConnectionsPerHost: 8, block: false },
  'one request a connection': { keepAlive: false, maxConnections: 3 },
  'for long': { keepAliveExpiry: 'unlimited', maxLifetime: '1h', tcpKeepAlive: '90s', scheduling: 'fifo' },
}

const cases = dialectNames.flatMap((name) => Object.keys(configs).map((config) => [name, config] as const))

test.each(cases)('what export writes for %s, import reads: %s', (name, which) => {
  const dialect = dialectOf(name)
  const { code, settings } = dialect.write(configs[which] ?? {})
  const source = readPython('pool.py', code)
  const { found, problems } = importFile(source, undefined, new Trials(undefined))
  expect(problems).toEqual([])
  expect(found.flatMap(({ unknown }) => unknown)).toEqual([])
  expect(new Set(found.map(({ dialect }) => dialect))).toEqual(new Set([name]))
  // Of libcurl a multi handle and an easy one say together what the pool is.
  const read = name === 'pycurl' ? dialect.read(Object.assign({}, ...found.map((one) => one.settings))) : found[0]
  if (name !== 'pycurl') expect(found).toHaveLength(1)
  expect(parsePoolConfig(read?.config ?? {}).config).toEqual(parsePoolConfig(dialect.read(settings).config).config)
})

/** The round trip as a whole: what comes back is the config, but for the fields that `write` has notes for. */
test.each(cases)('from a config to %s and back: %s', (name, which) => {
  const dialect = dialectOf(name)
  const config = configs[which] ?? {}
  const { code, notes } = dialect.write(config)
  const { found } = importFile(readPython('pool.py', code), undefined, new Trials(undefined))
  const back = dialect.read(Object.assign({}, settingsObject([]), ...found.map((one) => one.settings)))
  const lost = new Set(notes.map(({ field }) => field))
  const kept = (one: PoolConfig) =>
    Object.fromEntries(Object.entries(parsePoolConfig(one).config).filter(([field]) => !lost.has(field)))
  expect(kept(back.config)).toEqual(kept(config))
})

const file = 'pools:\n  default:\n    maxConnections: 7\n  payments:\n    maxConnectionsPerHost: 3\n    maxLifetime: 10m\n'

test('the Python of a pool, and as comments what it can’t express', async () => {
  const cwd = project({ 'polypool.config.yaml': file })
  const { code, stdout, stderr } = await polypool(['export', 'httpx', '--pool', 'payments'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^import httpx\n/)
  expect(stdout).toContain('max_connections=7')
  expect(stdout).toMatch(/\n\n# What httpx can't express, or only in part:\n(# - .+\n)+$/)
  expect(stdout).toMatch(/^# - maxLifetime: /m)
  expect(stdout).toMatch(/^# - maxConnectionsPerHost: /m)
  // All of it is Python: nothing but the pool is found in it, and nothing is wrong.
  expect(readPython('a.py', stdout)).toMatchObject({ problems: [], places: [{ label: expect.stringContaining('httpx.') }] })
})

test('as JSON', async () => {
  const cwd = project({ 'limits.yaml': file })
  const { code, stdout } = await inProcess(['export', 'aiohttp', '--config', 'limits.yaml', '--json'], { cwd })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    dialect: 'aiohttp',
    pool: 'default',
    file: 'limits.yaml',
    config: { maxConnections: 7 },
    settings: expect.objectContaining({ limit: 7 }),
    code: expect.stringContaining('aiohttp.TCPConnector('),
    notes: expect.any(Array),
  })
})

test.each(dialectNames)('without a config file the defaults hold: %s', async (name) => {
  const cwd = project()
  const { code, stdout } = await inProcess(['export', name], { cwd })
  expect(code).toBe(0)
  expect(stdout.trimEnd()).toContain(dialectOf(name).write({}).code.trimEnd())
})

test.each([
  ['no dialect', [], "error: missing required argument 'dialect'\n(--help shows how to use it)\n"],
  ['an unknown dialect', ['aiohtp'], 'error: there is no dialect "aiohtp": did you mean aiohttp?\n'],
  [
    'all of them',
    ['auto'],
    `error: there is no dialect "auto": use one of ${[...dialectNames, ...reverseProxyNames].join(', ')}\n`,
  ],
  ['an unknown pool', ['httpx', '--pool', 'paymets'], 'error: there is no pool "paymets": did you mean payments?\n'],
])('misuse: %s', async (_, args, stderr) => {
  const cwd = project({ 'polypool.config.yaml': file })
  expect(await inProcess(['export', ...args], { cwd })).toEqual({ code: 2, stdout: '', stderr })
})

test('comments are dim on a terminal', async () => {
  const { io, written } = terminal({ cwd: project({ 'polypool.config.yaml': file }) })
  expect(await run(['export', 'httpx', '--pool', 'payments'], io)).toBe(0)
  expect(written.out).toContain(`${csi}2m# - maxLifetime: `)
  expect(path.isAbsolute(written.out)).toBe(false)
})
