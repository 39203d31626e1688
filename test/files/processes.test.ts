import { describe, expect, it } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { isDivided } from '../../src/config/processes.ts'
import { describePools } from '../../src/files/describe.ts'
import { type ReadPoolsOptions, readPools } from '../../src/files/load.ts'
import { loadPools } from '../../src/files/pools.ts'
import { refusal, Workspace } from './workspace.ts'

function read(yaml: string, options: ReadPoolsOptions = {}) {
  const { root } = new Workspace({ 'polypool.config.yaml': yaml })
  return readPools({ cwd: root, env: {}, ...options })
}

const yaml = `processes: 4
pools:
  default:
    maxConnections: 100
    maxOverflow: 0
    maxPending: 50
    hosts:
      api.test:
        maxConnectionsPerHost: 10
        minIdleConnectionsPerHost: 1
  payments:
    maxConnectionsPerHost: 18
    maxIdleConnections: unlimited
`

describe('processes', () => {
  it('divide what servers and proxies count, and nothing else', async () => {
    const limits = Object.fromEntries(
      fieldNames.filter((field) => field.startsWith('max') && field !== 'maxLifetime').map((field) => [field, 40]),
    )
    const { pools } = await read(JSON.stringify({ processes: 4, pools: { default: { ...limits, block: true } } }))
    const { config } = pools.get('default') ?? {}
    const divided = Object.keys(limits).filter((field) => config?.[field as 'maxHosts'] === 10)
    expect(divided).toEqual([
      'maxConnections',
      'maxConnectionsPerHost',
      'maxIdleConnections',
      'maxIdleConnectionsPerHost',
      'maxOverflow',
      'maxConnectionsPerProxy',
    ])
    expect(fieldNames.filter(isDivided)).toEqual(divided)
    for (const field of Object.keys(limits)) if (!divided.includes(field)) expect(config?.[field as 'maxHosts']).toBe(40)
  })

  it('leave zero, unlimited and defaults as they are, and say what is left over', async () => {
    const { pools, processes } = await read(yaml)
    expect(processes).toMatchObject({ count: 4, origin: { from: 'file', line: 1, column: 12 } })
    const [own, payments] = ['default', 'payments'].map((name) => pools.get(name))
    expect(own?.config).toMatchObject({ maxConnections: 25, maxOverflow: 0, maxPending: 50 })
    expect(own?.config.hosts).toEqual({ 'api.test': { maxConnectionsPerHost: 2, minIdleConnectionsPerHost: 1 } })
    expect(payments?.config).toMatchObject({ maxConnections: 25, maxConnectionsPerHost: 4, maxIdleConnections: Infinity })
    expect(payments?.notes.map(({ message }) => message)).toEqual([
      'hosts["api.test"].maxConnectionsPerHost: 10 over 4 processes is 2 for each, and 2 for none',
      'maxConnectionsPerHost: 18 over 4 processes is 4 for each, and 2 for none',
    ])
    expect(payments?.whole).toMatchObject({ maxConnections: 100, maxConnectionsPerHost: 18 })
    const values = describePools({ pools }).flatMap(({ name, values: all }) => all.map((one) => ({ ...one, pool: name })))
    expect(
      values.filter(({ total }) => total !== undefined).map(({ pool, path, value, total }) => [pool, path, value, total]),
    ).toEqual([
      ['default', 'maxConnections', 25, 100],
      ['default', 'maxOverflow', 0, 0],
      ['default', 'hosts["api.test"].maxConnectionsPerHost', 2, 10],
      ['payments', 'maxConnections', 25, 100],
      ['payments', 'maxConnectionsPerHost', 4, 18],
      ['payments', 'maxIdleConnections', Infinity, Infinity],
      ['payments', 'maxOverflow', 0, 0],
      ['payments', 'hosts["api.test"].maxConnectionsPerHost', 2, 10],
    ])
    expect((await read('processes: 500\npools: { default: {} }')).pools.get('default')?.config.maxConnections).toBe(100)
  })

  it('are those of code, before the environment, before the file', async () => {
    const env = { POLYPOOL_PROCESSES: ' 2 ' }
    const each = async (options: ReadPoolsOptions) => (await read(yaml, options)).pools.get('default')?.config.maxConnections
    expect(await each({})).toBe(25)
    expect(await each({ env })).toBe(50)
    expect(await each({ env, processes: 10 })).toBe(10)
    // Whoever sets a limit: it is that of all.
    expect(await each({ env: { POLYPOOL_MAX_CONNECTIONS: '40', ...env }, pools: { default: { maxConnections: 60 } } })).toBe(30)
  })

  it.each([
    [
      'processes: 0',
      'polypool.config.yaml:1:12: processes: 0 is no number of processes: use a positive integer (for a single process, leave it out)',
    ],
    ['processes: 1.5', 'polypool.config.yaml:1:12: processes: 1.5 is not a whole number: use a positive integer'],
    ['processes: auto', 'polypool.config.yaml:1:12: processes: "auto" is a string and no number: use a positive integer'],
    [
      'processes: unlimited',
      'polypool.config.yaml:1:12: processes: "unlimited" is no number of processes: use a positive integer',
    ],
    ['processes: {}', 'polypool.config.yaml:1:12: processes: an object is no number of processes: use a positive integer'],
    ['replicas: 3', 'polypool.config.yaml:1:1: replicas: unknown key: write processes, replicas times workers'],
    ['proceses: 3', 'polypool.config.yaml:1:1: proceses: unknown key: did you mean processes?'],
  ])('%s is refused', async (line, message) => {
    expect((await refusal(read(`${line}\npools: { default: {} }`))).message).toContain(message)
  })

  it('are refused in a pool, and where variables and code have no number', async () => {
    const inPool = await refusal(read('pools: { default: { processes: 3 } }'))
    expect(inPool.message).toContain(
      "processes: that is a config file's name: write it at the top of the file, beside pools, or as loadPools({ processes })",
    )
    const wrong = {
      POLYPOOL_PROCESSES: 'four',
      POLYPOOL_PROCESES: '4',
      POLYPOOL_PAYMENTS__PROCESSES: '4',
    }
    const { issues } = await refusal(read('pools: { payments: {} }', { env: wrong, processes: -1 }))
    expect(issues.map(({ message }) => message)).toEqual([
      'POLYPOOL_PROCESSES: "four" is a string and no number: use a positive integer',
      'loadPools({ processes }): processes: -1 is negative: use a positive integer',
      'POLYPOOL_PAYMENTS__PROCESSES: the number of processes is that of all pools: set POLYPOOL_PROCESSES',
      'POLYPOOL_PROCESES: unknown variable: did you mean POLYPOOL_PROCESSES?',
    ])
    expect((await refusal(read('pools: {}', { env: { POLYPOOL_PROCESSES: '' } }))).message).toContain('it is set but empty')
  })

  it('leave no process without a connection: each limit is told once, where it was written', async () => {
    const env = { POLYPOOL_MAX_CONNECTIONS_PER_PROXY: '4', POLYPOOL_PROXY: 'http://proxy.test:1' }
    const code = { default: { maxIdleConnections: 2 } }
    const { issues } = await refusal(read(yaml, { env, processes: 12, pools: code }))
    const fix = (value: number) =>
      `set it to 12 or more, or processes to ${value} or less; what can't be divided is held by a proxy in front or by a lease (docs/past-one-process.md)`
    expect(issues.map(({ message }) => message)).toEqual([
      `polypool.config.yaml:9:32: hosts["api.test"].maxConnectionsPerHost: 10 over 12 processes leaves less than one for each: ${fix(10)}`,
      `POLYPOOL_MAX_CONNECTIONS_PER_PROXY: maxConnectionsPerProxy: 4 over 12 processes leaves less than one for each: ${fix(4)}`,
      `loadPools({ pools }): maxIdleConnections: 2 over 12 processes leaves less than one for each: ${fix(2)}`,
    ])
  })

  it('change with the file: every pool that runs has its new share', async () => {
    const files = new Workspace({ 'polypool.config.yaml': yaml })
    const pools = await loadPools({ cwd: files.root, env: {} })
    const pool = pools.open(nodeHttp, 'payments')
    expect([pools.processes, pool.config.maxConnections]).toEqual([4, 25])
    files.write('polypool.config.yaml', yaml.replace('processes: 4', 'processes: 5'))
    expect(await pools.reload()).toEqual(['default', 'payments'])
    expect([pools.processes, pool.config.maxConnections, pool.config.maxConnectionsPerHost]).toEqual([5, 20, 3])
    files.write('polypool.config.yaml', yaml.replace('processes: 4', 'processes: 11'))
    await expect(pools.reload()).rejects.toThrow(/10 over 11 processes/)
    expect([pools.processes, pool.config.maxConnections]).toEqual([5, 20])
    await pools.close()
  })
})
