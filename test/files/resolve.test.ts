import { describe, expect, it } from 'vitest'
import { fieldNames } from '../../src/config/fields.ts'
import { formatValue } from '../../src/config/format.ts'
import { describePools } from '../../src/files/describe.ts'
import { type ReadPoolsOptions, readPools } from '../../src/files/load.ts'
import { formatOrigin } from '../../src/files/origin.ts'
import { refusal, Workspace } from './workspace.ts'

/** What is set in each pool, and by whom: `maxConnections: 50 ← polypool.config.yaml:3:21`. */
async function resolve(yaml: string, options: ReadPoolsOptions = {}): Promise<{ [pool: string]: string[] }> {
  const { root } = new Workspace({ 'polypool.config.yaml': yaml })
  const pools = describePools(await readPools({ cwd: root, env: {}, ...options }))
  return Object.fromEntries(
    pools.map(({ name, values }) => {
      const set = values.filter(({ origin }) => origin.from !== 'default')
      return [
        name,
        set.map(
          ({ path, field, value, origin }) =>
            `${path}: ${formatValue(field as 'block', value as boolean)} ← ${formatOrigin(origin, name, root)}`,
        ),
      ]
    }),
  )
}

describe('precedence', () => {
  const yaml = `pools:
  default:
    maxConnections: 10
    maxPending: 10
    acquireTimeout: 10s
    block: true
`

  it('is code, environment, file, defaults', async () => {
    const env = { POLYPOOL_MAX_CONNECTIONS: '20', POLYPOOL_MAX_PENDING: '20' }
    const { root } = new Workspace({ 'polypool.config.yaml': yaml })
    const { pools } = await readPools({ cwd: root, env, pools: { default: { maxConnections: 30 } } })
    expect(pools.get('default')?.config).toMatchObject({
      maxConnections: 30,
      maxPending: 20,
      acquireTimeout: 10_000,
      connectTimeout: 10_000,
    })
    expect(await resolve(yaml, { env, pools: { default: { maxConnections: 30 } } })).toEqual({
      default: [
        'maxConnections: 30 ← code',
        'block: true ← polypool.config.yaml:6:12',
        'acquireTimeout: 10s ← polypool.config.yaml:5:21',
        'maxPending: 20 ← POLYPOOL_MAX_PENDING',
      ],
    })
  })

  it('holds within each pool: what a pool sets itself goes before what it inherits, whoever set that', async () => {
    expect(
      await resolve(`${yaml}  payments:\n    maxPending: 5\n  search: {}\n`, {
        env: { POLYPOOL_MAX_PENDING: '20', POLYPOOL_PAYMENTS__ACQUIRE_TIMEOUT: '1s' },
        pools: { default: { maxConnections: 30 } },
      }),
    ).toEqual({
      default: [
        'maxConnections: 30 ← code',
        'block: true ← polypool.config.yaml:6:12',
        'acquireTimeout: 10s ← polypool.config.yaml:5:21',
        'maxPending: 20 ← POLYPOOL_MAX_PENDING',
      ],
      payments: [
        'maxConnections: 30 ← code (extends default)',
        'block: true ← polypool.config.yaml:6:12 (extends default)',
        'acquireTimeout: 1s ← POLYPOOL_PAYMENTS__ACQUIRE_TIMEOUT',
        'maxPending: 5 ← polypool.config.yaml:8:17',
      ],
      search: [
        'maxConnections: 30 ← code (extends default)',
        'block: true ← polypool.config.yaml:6:12 (extends default)',
        'acquireTimeout: 10s ← polypool.config.yaml:5:21 (extends default)',
        'maxPending: 20 ← POLYPOOL_MAX_PENDING (extends default)',
      ],
    })
  })

  it('lets code add pools, change what a pool extends, and do without a file', async () => {
    const { root } = new Workspace({ 'polypool.config.yaml': 'pools: { a: { maxPending: 1 }, b: { extends: a } }' })
    const { pools } = await readPools({ cwd: root, env: {}, pools: { b: { extends: 'c' }, c: { maxPending: 3 } } })
    expect(pools.get('b')).toMatchObject({ extends: ['c', 'default'], explicit: { maxPending: 3 } })
    const { file, pools: alone } = await readPools({ cwd: new Workspace().root, env: { POLYPOOL_BLOCK: 'false' } })
    expect(file).toBeNull()
    expect(alone.get('default')?.config).toMatchObject({ block: false, maxOverflow: Number.POSITIVE_INFINITY })
  })
})

describe('extends', () => {
  it('goes over several pools, to default in the end, field by field and host by host', async () => {
    expect(
      await resolve(`pools:
  payments: { extends: eu, maxPending: 3, hosts: { API.test: { keepAlive: false } } }
  eu:
    maxPending: 2
    maxHosts: 2
    hosts:
      "api.test": { keepAlive: true, acquireTimeout: 2s }
      "other.test": { keepAlive: false }
  default: { maxPending: 1, maxHosts: 1, block: true }
`),
    ).toMatchObject({
      payments: [
        'maxHosts: 2 ← polypool.config.yaml:5:15 (extends eu)',
        'block: true ← polypool.config.yaml:9:49 (extends default)',
        'maxPending: 3 ← polypool.config.yaml:2:40',
        'hosts["api.test"].keepAlive: false ← polypool.config.yaml:2:75',
        'hosts["api.test"].acquireTimeout: 2s ← polypool.config.yaml:7:54 (extends eu)',
        'hosts["other.test"].keepAlive: false ← polypool.config.yaml:8:34 (extends eu)',
      ],
    })
  })

  it('lets default extend another pool, which then does not extend default', async () => {
    const { root } = new Workspace({ 'a.yaml': 'pools: { default: { extends: base }, base: { maxPending: 7 }, x: }' })
    const { pools } = await readPools({ cwd: root, file: 'a.yaml', env: false })
    expect(pools.get('base')?.extends).toEqual([])
    expect(pools.get('x')).toMatchObject({ extends: ['default', 'base'], config: { maxPending: 7 } })
  })

  it.each<[string, string, string[]]>([
    [
      'itself',
      'a: { extends: a }',
      ['pools.a.extends: extends goes round in a circle, a → a: let one of them extend another pool, or none'],
    ],
    [
      'a circle of three, told once, not by the pool that leads into it',
      'x: { extends: c }, a: { extends: b }, b: { extends: c }, c: { extends: a }',
      ['pools.a.extends: extends goes round in a circle, a → b → c → a: let one of them extend another pool, or none'],
    ],
    [
      'two circles',
      'default: { extends: a }, a: { extends: default }, c: { extends: d }, d: { extends: c }',
      [
        'pools.default.extends: extends goes round in a circle, default → a → default: let one of them extend another pool, or none',
        'pools.c.extends: extends goes round in a circle, c → d → c: let one of them extend another pool, or none',
      ],
    ],
    [
      'an unknown pool',
      'payments: { extends: payment }, b: { extends: zzzzzz }',
      [
        'pools.payments.extends: there is no pool "payment": the other pools are default, b',
        'pools.b.extends: there is no pool "zzzzzz": the other pools are default, payments',
      ],
    ],
    [
      'an unknown pool that is nearly another one',
      'payments: { extends: defualt }, b: { extends: payment }',
      [
        'pools.payments.extends: there is no pool "defualt": did you mean default?',
        'pools.b.extends: there is no pool "payment": did you mean payments?',
      ],
    ],
    [
      'an unknown pool of one letter, beside others of one letter',
      'z: { extends: q }, y: {}',
      ['pools.z.extends: there is no pool "q": the other pools are default, y'],
    ],
    [
      'a pool beside which there is none',
      'default: { extends: q }',
      ['pools.default.extends: there is no pool "q": there is no other: leave it out'],
    ],
    ['a list', 'a: { extends: [default] }', ['pools.a.extends: an array is not a name: name one pool: default']],
    ['a name of no string', 'a: { extends: 5 }', ['pools.a.extends: 5 is not a name: name one pool: default']],
  ])('%s is refused', async (_, pools, messages) => {
    const { root } = new Workspace({ 'a.yaml': `pools: { ${pools} }` })
    const { issues } = await refusal(readPools({ cwd: root, file: 'a.yaml', env: false }))
    expect(issues.map(({ path, problem, fix }) => `${path}: ${problem}: ${fix}`)).toEqual(messages)
    expect(issues.every(({ line, column }) => line === 1 && column !== undefined && column > 9)).toBe(true)
  })

  it('through more than 16 pools is refused', async () => {
    const pools = Array.from({ length: 20 }, (_, at) => `p${at}: { extends: p${at + 1} }`)
    const { root } = new Workspace({ 'a.yaml': `pools: { ${pools}, p20: {} }` })
    const { issues } = await refusal(readPools({ cwd: root, file: 'a.yaml', env: false }))
    expect(issues[0]?.message).toMatch(
      /^a\.yaml:1:25: pools\.p0\.extends: extends goes through more than 16 pools, p0 → p1 → .* → p17 → …: extend one that is nearer/,
    )
  })
})

it('gives every field with its origin, and the notes of contradictions', async () => {
  const { root } = new Workspace({ 'a.yaml': 'pools: { default: { maxConnections: 5, maxConnectionsPerHost: 10 } }' })
  const [pool] = describePools(await readPools({ cwd: root, file: 'a.yaml', env: false }))
  expect(pool?.values.map(({ path }) => path)).toEqual(fieldNames.filter((field) => field !== 'hosts'))
  expect(pool?.values.find(({ path }) => path === 'keepAliveExpiry')).toEqual({
    path: 'keepAliveExpiry',
    field: 'keepAliveExpiry',
    value: 4000,
    origin: { from: 'default' },
  })
  expect(pool?.notes.map(({ field }) => field)).toEqual(['maxConnectionsPerHost'])
})
