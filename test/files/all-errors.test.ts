import { expect, it } from 'vitest'
import { readPools } from '../../src/files/load.ts'
import { refusal, Workspace } from './workspace.ts'

it('everything that is wrong is told at once, in the order of the file, with what was given and what to write', async () => {
  const workspace = new Workspace({
    'polypool.config.yaml': `pools:
  default:
    maxConnections: "50"
    maxSockets: 5
    hosts:
      api.test: { acquireTimeout: 0, maxConnections: 5 }
      http//x: { keepAliveExpiry: 1 minute }
  payments: { extends: defualt, keepAliveExpiry: 5 seconds }
  a: { extends: b }
  b: { extends: a }
poools: {}
`,
  })
  const file = workspace.path('polypool.config.yaml')
  const { issues, message } = await refusal(
    readPools({ cwd: workspace.root, env: { POLYPOOL_MAX_PENDING: 'many' }, pools: { payments: { block: 1 as never } } }),
  )
  expect(message).toBe(`12 problems in the pool config:
  - polypool.config.yaml:3:21: pools.default.maxConnections: "50" is a string: write the number 50
  - polypool.config.yaml:4:5: pools.default.maxSockets: that is http.Agent's name: use maxConnectionsPerHost
  - polypool.config.yaml:6:35: pools.default.hosts["api.test"].acquireTimeout: 0 is not a duration: use milliseconds or a string such as "500ms", "5s", "10m", "1h", or "unlimited" (to refuse instead of waiting, set block: false)
  - polypool.config.yaml:6:38: pools.default.hosts["api.test"].maxConnections: is for the whole pool and cannot differ by host: use maxConnectionsPerHost
  - polypool.config.yaml:7:7: pools.default.hosts["http//x"]: is more than a host: use "host", "host:port", "scheme://host:port" or "*.suffix"
  - polypool.config.yaml:7:35: pools.default.hosts["http//x"].keepAliveExpiry: "1 minute" is not a duration: write "1m"
  - polypool.config.yaml:8:24: pools.payments.extends: there is no pool "defualt": did you mean default?
  - polypool.config.yaml:8:50: pools.payments.keepAliveExpiry: "5 seconds" is not a duration: write "5s"
  - polypool.config.yaml:9:17: pools.a.extends: extends goes round in a circle, a → b → a: let one of them extend another pool, or none
  - polypool.config.yaml:11:1: poools: unknown key: did you mean pools?
  - POLYPOOL_MAX_PENDING: "many" is a string and no number: use 0, a positive integer or "unlimited"
  - loadPools({ pools }): pools.payments.block: 1 is neither true nor false: use one of them, without quotes`)
  expect(issues[0]).toMatchObject({
    file,
    line: 3,
    column: 21,
    path: 'pools.default.maxConnections',
    value: '50',
    problem: '"50" is a string',
    fix: 'write the number 50',
  })
  expect(issues.map(({ fix }) => fix)).not.toContain('')
  expect(issues.at(-2)).toMatchObject({ variable: 'POLYPOOL_MAX_PENDING', value: 'many' })
})

it('of a hundred thousand mistakes a hundred are listed', async () => {
  const hosts = Array.from({ length: 7000 }, (_, at) => `"h${at}.test":{"keepAlive":0}`)
  const { root } = new Workspace({ 'a.json': `{"pools":{"a":{"hosts":{${hosts}}},"b":{"c":1}}}` })
  const { issues } = await refusal(readPools({ cwd: root, file: 'a.json', env: false }))
  expect(issues).toHaveLength(101)
  expect(issues.at(-1)?.message).toBe('and 6901 more, not listed')
})

it('extends and fleet are named where they were meant, in a file and in code', async () => {
  const workspace = new Workspace({ 'polypool.config.yaml': 'pools:\n  a: { extend: default, fleets: { name: f } }\n' })
  const { message } = await refusal(readPools({ cwd: workspace.root, env: {}, pools: { b: { Extends: 'a' } as object } }))
  expect(message).toBe(`3 problems in the pool config:
  - polypool.config.yaml:2:8: pools.a.extend: unknown field: did you mean extends?
  - polypool.config.yaml:2:25: pools.a.fleets: unknown field: did you mean fleet?
  - loadPools({ pools }): pools.b.Extends: unknown field: did you mean extends?`)
})

it('where nothing is near, extends and fleet stand among what a pool takes, and not among what a host takes', async () => {
  const workspace = new Workspace({
    'polypool.config.yaml': 'pools:\n  a: { foo: 1, ext: default, hosts: { a.test: { foo: 1 } } }\n',
  })
  const { issues } = await refusal(readPools({ cwd: workspace.root, env: false }))
  expect(issues.map(({ fix }) => fix)).toEqual([
    expect.stringMatching(/^the fields are maxConnections, .*, pingInterval, hosts, extends, fleet$/),
    'did you mean extends?',
    expect.stringMatching(/^the fields are maxConnectionsPerHost, .*, pingInterval$/),
  ])
})
