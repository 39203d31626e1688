import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientNames } from '../../../src/clients/index.ts'
import { fieldNames } from '../../../src/config/fields.ts'
import { run } from '../../src/main.ts'
import { polypool, project, terminal } from '../command.ts'

const calm = `pools:
  default:
    maxConnections: 50
  payments:
    acquireTimeout: 2s
`

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
