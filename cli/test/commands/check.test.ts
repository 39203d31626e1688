import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientNames } from '../../../src/clients/index.ts'
import { fieldNames } from '../../../src/config/fields.ts'
import { hasLinks, hasModes } from '../../../test/platform.ts'
import { run } from '../../src/main.ts'
import { polypool, project, terminal } from '../command.ts'

const calm = `pools:
  default:
    maxConnections: 50
  payments:
    acquireTimeout: 2s
`

async function risksOf(yaml: string) {
  const cwd = project({ 'polypool.config.yaml': yaml })
  const { code, stdout, stderr } = await polypool(['check', '--json'], { cwd })
  expect(stderr).toBe('')
  const { risks } = JSON.parse(stdout) as { risks: { id: string; pool: string; path: string; why: string; fix: string }[] }
  expect(code).toBe(risks.length > 0 ? 1 : 0)
  for (const { why, fix } of risks) {
    expect(why.length).toBeGreaterThan(20)
    expect(fix.length).toBeGreaterThan(5)
  }
  return risks.map(({ id, pool, path: at }) => `${id} ${pool} ${at}`)
}

describe('a fleet', () => {
  const fleet = `pools:
  payments:
    maxConnections: 100
    fleet:
      maxConnections: 200
      maxMembers: 40
      floor: 2
      ttl: 20s
      margin: 12s
`

  it('is told with what this process may have of it, and with what does not hold as it may be read', async () => {
    const cwd = project({ 'polypool.config.yaml': fleet })
    const { stdout } = await polypool(['check', '--pool', 'payments'], { cwd })
    const [, told = ''] = /^The fleet of pool payments\n((?:- .*\n)*)/m.exec(stdout) ?? []
    expect(told.trimEnd().split('\n')).toEqual([
      '- payments: at most 200 connections of all processes together, of which there are 40 at the most',
      '- this process has 2 without asking anybody, and up to 100 as long as others do not want them',
      '- one that has heard nothing of the store for 8s goes back to 2, and lets what runs beyond it end, for which there are 12s',
      expect.stringMatching(/^- fleet\.margin: requests that take longer than 12s outlive the lease/),
      "- fleet.maxConnections: the pool's own maxConnections: 100 is the most that this process ever leases",
    ])
  })

  it('is not told where there is none; in JSON as it was checked', async () => {
    const cwd = project({ 'polypool.config.yaml': fleet })
    const { stdout } = await polypool(['check', '--json'], { cwd })
    const { pools } = JSON.parse(stdout)
    expect(pools.payments.fleet).toEqual({
      ...{ name: 'payments', maxConnections: 200, floor: 2, maxMembers: 40 },
      ...{ ttl: 20_000, margin: 12_000, onLost: 'drain' },
    })
    expect(pools.default.fleet).toBeNull()
    expect((await polypool(['check', '--pool', 'default'], { cwd })).stdout).not.toContain('fleet of')
  })
})

describe('check', () => {
  it('prints each pool with where its values come from, the support table, and that all is well', async () => {
    const cwd = project({ 'polypool.config.yaml': calm })
    const { code, stdout, stderr } = await polypool(['check'], { cwd, env: { POLYPOOL_PAYMENTS__MAX_CONNECTIONS: '40' } })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^polypool\.config\.yaml\n\nPool default\n/)
    const [ofDefault = '', ofPayments = '', table = ''] = stdout.split(
      /^(?:Pool payments extends default|What each client makes of it)$/m,
    )
    expect(ofDefault).toMatch(/^maxConnections +50 {2}polypool\.config\.yaml:3:21$/m)
    expect(ofDefault).toMatch(/^acquireTimeout +30s {2}default$/m)
    expect(ofPayments).toMatch(/^maxConnections +40 {2}POLYPOOL_PAYMENTS__MAX_CONNECTIONS$/m)
    expect(ofPayments).toMatch(/^acquireTimeout +2s {2}polypool\.config\.yaml:5:21$/m)
    expect(table).toMatch(new RegExp(`^field +${clientNames.join(' +')}$`, 'm'))
    for (const field of fieldNames)
      expect(table).toMatch(new RegExp(`^${field} +([✓≈✗] [✓≈✗] +){${clientNames.length - 1}}[✓≈✗] [✓≈✗]$`, 'm'))
    expect(table).toMatch(/^maxConnections +✓ ✗ +✓ ✗ +✓ ≈/m)
    expect(table).toContain('tcpKeepAlive (axios): axios sets TCP probes')
    expect(stdout).toMatch(/No risks found\.\n$/)
    expect(code).toBe(0)
  })

  it('gives the same as JSON', async () => {
    const cwd = project({ 'polypool.config.yaml': calm })
    const { stdout } = await polypool(['check', '--json'], { cwd })
    const { file, pools, clients: supports, risks } = JSON.parse(stdout)
    expect(file).toBe(path.join(cwd, 'polypool.config.yaml'))
    expect(pools.payments.extends).toEqual(['default'])
    expect(pools.payments.config).toMatchObject({ maxConnections: 50, acquireTimeout: 2000, maxPending: 'unlimited' })
    expect(pools.payments.origins.maxConnections).toMatchObject({ from: 'file', pool: 'default', line: 3, column: 21 })
    expect(Object.keys(supports)).toEqual(clientNames)
    expect(supports.axios.fields.tcpKeepAlive).toMatchObject({ native: 'approximated', pool: 'approximated' })
    expect(risks).toEqual([])
  })

  it('names the file on a terminal, with boxes and colours', async () => {
    const cwd = project({ 'polypool.config.yaml': calm.replace('2s', '5m') })
    const { io, written } = terminal({ cwd, columns: 120 })
    expect(await run(['check'], io)).toBe(1)
    expect(written.out).toContain('│ maxConnections')
    expect(written.out).toContain('\u001b[32m✓')
    expect(written.out).toContain('\u001b[33mpayments: acquireTimeout')
  })

  it('takes one pool, some clients, and a file by name', async () => {
    const cwd = project({ 'limits.yaml': calm })
    const { code, stdout } = await polypool(['check', 'limits.yaml', '--pool', 'payments', '--client', 'got', 'http'], { cwd })
    expect(code).toBe(0)
    expect(stdout).not.toContain('Pool default')
    expect(stdout).toMatch(/^field +got +node-http$/m)
  })

  it('tells of config files that are not read', async () => {
    const cwd = project({ 'polypool.config.yaml': calm, 'polypool.config.toml': '' })
    expect((await polypool(['check'], { cwd })).stdout).toContain('not read: polypool.config.toml lies beside it')
  })

  it('checks the environment where there is no file, and says so where there is neither', async () => {
    const cwd = project()
    const only = await polypool(['check'], { cwd, env: { POLYPOOL_KEEP_ALIVE_EXPIRY: '2m' } })
    expect(only.code).toBe(1)
    expect(only.stdout).toMatch(/^keepAliveExpiry +2m {2}POLYPOOL_KEEP_ALIVE_EXPIRY$/m)
    const none = await polypool(['check'], { cwd })
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no config file here or in a directory above'),
    })
  })

  it('tells everything that is wrong at once, with line, column and fix', async () => {
    const cwd = project({
      'polypool.config.yaml':
        'pools:\n  default:\n    maxConnections: 0\n    maxSockets: 5\n  api:\n    extends: defualt\n    acquireTimeout: 5 s\n',
    })
    const { code, stdout, stderr } = await polypool(['check'], { cwd, env: { POLYPOOL_MAX_PENDING: 'many' } })
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: 5 problems:$/m)
    expect(stderr).toContain('polypool.config.yaml:3:21: pools.default.maxConnections: 0 is not a cap')
    expect(stderr).toContain(
      "polypool.config.yaml:4:5: pools.default.maxSockets: that is http.Agent's name: use maxConnectionsPerHost",
    )
    expect(stderr).toContain('did you mean default?')
    expect(stderr).toContain('write "5s"')
    expect(stderr).toContain('POLYPOOL_MAX_PENDING')
    expect(code).toBe(2)
  })

  it('suggests a pool', async () => {
    const cwd = project({ 'polypool.config.yaml': calm })
    expect((await polypool(['check', '--pool', 'payment'], { cwd })).stderr).toContain(
      'there is no pool "payment": did you mean payments?',
    )
  })
})

describe('risks', () => {
  const pool = (fields: string) => `pools: { default: { ${fields} } }`

  it.each([
    ['keepAliveExpiry: 4900ms', []],
    ['keepAliveExpiry: 5s', ['expiry-above-5s default keepAliveExpiry']],
    ['keepAliveExpiry: 59s', ['expiry-above-5s default keepAliveExpiry']],
    ['keepAliveExpiry: 60s', ['expiry-above-60s default keepAliveExpiry']],
    ['keepAliveExpiry: unlimited, maxLifetime: 10m', ['expiry-above-60s default keepAliveExpiry']],
    ['keepAliveExpiry: unlimited', ['expiry-above-60s default keepAliveExpiry', 'connections-for-ever default keepAliveExpiry']],
    ['keepAliveExpiry: 65s, keepAlive: false', ['contradiction default keepAliveExpiry']],
    ['hosts: { api.test: { keepAliveExpiry: 65s } }', ['expiry-above-60s default hosts["api.test"].keepAliveExpiry']],
    ['keepAliveExpiry: 65s, hosts: { api.test: { maxLifetime: 5m } }', ['expiry-above-60s default keepAliveExpiry']],
    ['acquireTimeout: 60s', []],
    ['acquireTimeout: 61s', ['acquire-above-60s default acquireTimeout']],
    ['acquireTimeout: unlimited', ['waiting-for-ever default acquireTimeout']],
    ['connectTimeout: 2m', ['connect-above-60s default connectTimeout']],
    ['keepAliveHintMargin: 5s, keepAliveExpiry: 4s', ['margin-above-hint default keepAliveHintMargin']],
    ['maxConnections: unlimited', ['connections-unlimited default maxConnections']],
    ['block: false', ['overflow-unlimited default block']],
    ['block: false, maxOverflow: 0', []],
    ['maxOverflow: unlimited', ['overflow-unlimited default maxOverflow']],
    ['maxConnections: 10, maxConnectionsPerHost: 11', ['per-host-above-total default maxConnectionsPerHost']],
    ['maxConnections: 10, maxIdleConnections: 11', ['contradiction default maxIdleConnections']],
    ['maxConnections: 100000000', ['above-ulimit default maxConnections']],
    ['maxOverflow: 100000000', ['above-ulimit default maxConnections']],
    ['dnsCacheTtl: 5m', []],
    ['dnsCacheTtl: unlimited', ['dns-cache-long default dnsCacheTtl']],
    [
      'keepAliveExpiry: 5, acquireTimeout: 2',
      ['looks-like-seconds default keepAliveExpiry', 'looks-like-seconds default acquireTimeout'],
    ],
    ['connectTimeout: 49, maxLifetime: 50, dnsCacheTtl: 0', ['looks-like-seconds default connectTimeout']],
    ['tcpKeepAlive: 15', ['looks-like-seconds default tcpKeepAlive']],
    ['hosts: { api.test: { acquireTimeout: 2 } }', ['looks-like-seconds default hosts["api.test"].acquireTimeout']],
    ['http2: true', []],
    ['http2: true, maxConnectionsPerHost: 5', ['streams-multiply default http2']],
    ['http2: true, maxConnectionsPerHost: 5, maxStreamsPerConnection: 100', []],
    ['maxConnectionsPerHost: 5, hosts: { api.test: { http2: only } }', ['streams-multiply default hosts["api.test"].http2']],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, http2: true, maxStreamsPerConnection: 9 } }', []],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, maxStreamsPerConnection: 9 } }', []],
    [
      'http2: true, hosts: { api.test: { maxConnectionsPerHost: 5 } }',
      ['streams-multiply default hosts["api.test"].maxConnectionsPerHost'],
    ],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, http2: false } }', []],
    ['hosts: { api.test: { maxConnectionsPerHost: 5 } }', []],
    ['maxStreamsPerConnection: 5', ['contradiction default maxStreamsPerConnection']],
    // With its unit it was meant so; and what is no duration has no unit.
    ['acquireTimeout: 2ms, maxPending: 5', []],
    ['tcpKeepAlive: 1500ms', ['contradiction default tcpKeepAlive']],
  ])('%s', async (fields, expected) => {
    expect(await risksOf(pool(fields))).toEqual(expected)
  })

  it('tells once what pools inherit, and again what they make worse', async () => {
    const yaml = `pools:
  default: { keepAliveExpiry: 65s, maxConnections: 20, maxConnectionsPerHost: 15 }
  same: { maxPending: 5 }
  worse: { maxConnections: 10 }
  other: { keepAliveExpiry: 30s }
`
    expect(await risksOf(yaml)).toEqual([
      'expiry-above-60s default keepAliveExpiry',
      'per-host-above-total worse maxConnectionsPerHost',
      'expiry-above-5s other keepAliveExpiry',
    ])
  })

  it('has a why and a fix for each, in words', async () => {
    const cwd = project({ 'polypool.config.yaml': pool('keepAliveExpiry: 65s') })
    const { code, stdout } = await polypool(['check'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /\n1 risk\n- keepAliveExpiry: idle connections are kept for 65s, but .*\n {2}fix: set keepAliveExpiry .*\n$/,
    )
  })
})

it('tells what the clients that a pool is for can’t honour, and only of those that are named', async () => {
  const cwd = project({ 'polypool.config.yaml': 'pools: { default: { http2: true, maxStreamsPerConnection: 5 } }' })
  const all = await polypool(['check'], { cwd })
  expect(all.stdout).toMatch(/^- http2 \(axios\): .*polypool\/fetch/m)
  expect(all.stdout).toMatch(/No risks found\.\n$/)
  const named = await polypool(['check', '--client', 'axios', 'undici', '--json'], { cwd })
  expect(named.code).toBe(1)
  expect(JSON.parse(named.stdout).risks).toMatchObject([
    { id: 'unsupported', path: 'http2', why: expect.stringMatching(/^axios can't honour it/) },
    { id: 'unsupported', path: 'maxStreamsPerConnection' },
  ])
  const plain = await polypool(['check'], { cwd: project({ 'polypool.config.yaml': 'pools: { default: { maxPending: 5 } }' }) })
  expect(plain.stdout).not.toMatch(/^- http2/m)
})

it.each([
  ['acquireTimeout: 2', 'it is 2ms, and looks as if it were meant in seconds', 'write "2s", or "2ms" if that is meant'],
  ['tcpKeepAlive: 1500ms', 'probes start after 1s', 'write it in whole seconds: 2s or 1s'],
  ['tcpKeepAlive: 500ms', "the system's own delay holds", 'write it in whole seconds: 1s'],
  ['keepAliveHintMargin: 4500', 'never sent two requests', 'set keepAliveHintMargin below keepAliveExpiry'],
  ['maxConnections: 5, maxIdleConnections: 6', 'which wins', 'change one of the two, or leave out the one that has no effect'],
])('of %s it says what helps', async (fields, why, fix) => {
  const cwd = project({ 'polypool.config.yaml': `pools: { default: { ${fields} } }` })
  const { code, stdout } = await polypool(['check', '--json'], { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(stdout).risks).toEqual([expect.objectContaining({ why: expect.stringContaining(why), fix })])
})

describe('bad files', () => {
  const refused = async (name: string, content: string | Uint8Array, message: string | RegExp) => {
    const cwd = project({ [name]: content })
    const { code, stdout, stderr } = await polypool(['check', name], { cwd })
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toMatch(message)
    expect(stderr.length).toBeLessThan(20_000)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  }

  it.each([
    ['empty.yaml', '', 'the file is empty'],
    ['blank.json', ' \n', 'the file is empty'],
    ['binary.yaml', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]), 'the file is not text'],
    ['utf16.json', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'the file is in UTF-16'],
    ['large.yaml', 'a'.repeat(10 * 1024 * 1024), 'the file is larger than 256 KiB'],
    ['broken.yaml', 'pools: {default: {', /broken\.yaml:1:\d+: this is not valid YAML/],
    ['broken.json', '{"pools": }', /broken\.json:1:\d+: this is not valid JSON/],
    ['broken.toml', '[pools\n', /broken\.toml:\d+:\d+: this is not valid TOML/],
    ['duplicate.yaml', 'pools:\n  default:\n    block: true\n    block: false\n', /duplicate\.yaml:4:5: /],
    ['duplicate.json', '{"pools":{"default":{"block":true,"block":false}}}', /duplicate\.json:1:\d+: /],
    ['proto.json', '{"pools":{"default":{"__proto__":{"maxConnections":5}}}}', '__proto__'],
    ['proto.yaml', 'pools: { __proto__: { maxConnections: 5 } }', '__proto__'],
    ['constructor.yaml', 'pools: { default: { constructor: 5 } }', 'constructor'],
    ['array.json', '[]', 'is not a pool config'],
    ['nothing.json', '{}', 'there are no pools'],
    ['null.yaml', 'pools: null', 'is not a set of pools'],
    ['cycle.yaml', 'pools: { a: { extends: b }, b: { extends: a } }', /extends/],
    ['config.ini', '[pools]', 'its extension is not known'],
    ['throws.mjs', "throw new Error('no network')", 'no network'],
    ['syntax.mjs', 'export default {', /syntax\.mjs/],
    ['empty.mjs', 'export const x = 1', /default/],
    ['getter.mjs', 'export default { get pools() { throw new Error("boo") } }', /getter\.mjs/],
    ['deep.json', `${'{"pools":'.repeat(20_000)}1${'}'.repeat(20_000)}`, /deep/],
    ['deep.yaml', `pools: ${'['.repeat(50_000)}`, /deep/],
  ])('%s', (name, content, message) => refused(name, content, message))

  it('a YAML bomb', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [index, name] of [...'bcdefghij'].entries()) {
      const before = 'abcdefghi'[index]
      lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`)
    }
    return refused('bomb.yaml', `${lines.join('\n')}\npools: *j\n`, 'aliases stand for more than')
  })

  it('thousands of mistakes', () => {
    const many = Array.from({ length: 9000 }, (_, index) => `    key${index}: 1`).join('\n')
    return refused('many.yaml', `pools:\n  default:\n${many}\n`, /^ {2}and \d+ more: mend these first/m)
  })

  it.skipIf(!hasLinks)('a file that is not there, a directory, a loop of links', async () => {
    const cwd = project()
    mkdirSync(path.join(cwd, 'folder.yaml'))
    symlinkSync('loop.yaml', path.join(cwd, 'loop.yaml'))
    const [absent, folder, loop] = await Promise.all(
      ['absent.yaml', 'folder.yaml', 'loop.yaml'].map((name) => polypool(['check', name], { cwd })),
    )
    expect(absent).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('absent.yaml: the file does not exist') })
    expect(folder).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('folder.yaml: it is a directory') })
    expect(loop).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('symbolic links') })
  })

  it.skipIf(!hasModes || process.getuid?.() === 0)('a file that may not be read', async () => {
    const cwd = project({ 'secret.yaml': calm })
    chmodSync(path.join(cwd, 'secret.yaml'), 0)
    const { code, stderr } = await polypool(['check', 'secret.yaml'], { cwd })
    expect(stderr).toContain('the file may not be read')
    expect(code).toBe(2)
  })

  it('an alias that is harmless is fine', async () => {
    const cwd = project({ 'polypool.config.yaml': 'pools:\n  default: &d { maxConnections: 5 }\n  other: *d\n' })
    expect((await polypool(['check'], { cwd })).code).toBe(0)
  })
})
