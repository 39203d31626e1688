import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames, fields } from '../../src/config/fields.ts'
import type { PoolConfigError } from '../../src/errors.ts'
import { variableFor } from '../../src/files/env.ts'
import { readPools } from '../../src/files/load.ts'
import { refusal, Workspace } from './workspace.ts'

const yaml = 'pools: { default: {}, payments: {}, payments-eu: {}, searchApi: {}, b.c: {} }'

function read(env: { [variable: string]: string }) {
  const { root } = new Workspace({ 'a.yaml': yaml })
  return readPools({ cwd: root, file: 'a.yaml', env })
}

it('sets every field but hosts, of the default pool and of a named one', async () => {
  for (const field of fieldNames) {
    if (field === 'hosts') continue
    const { example } = fieldTexts[field]
    const env = { [variableFor('default', field)]: String(example), [variableFor('payments', field)]: 'unlimited' }
    if (
      !('kind' in fields[field]) ||
      fields[field].kind === 'boolean' ||
      fields[field].kind === 'choice' ||
      fields[field].kind === 'proxy' ||
      fields[field].kind === 'list' ||
      'unlimited' in fields[field]
    ) {
      env[variableFor('payments', field)] = String(example)
    }
    const { pools } = await read(env)
    expect(pools.get('default')?.settings.get(field)?.origin).toEqual({
      from: 'env',
      pool: 'default',
      variable: variableFor('default', field),
    })
    expect(pools.get('payments')?.settings.get(field)?.origin).toMatchObject({ from: 'env', pool: 'payments' })
  }
  expect(variableFor('default', 'maxConnectionsPerHost')).toBe('POLYPOOL_MAX_CONNECTIONS_PER_HOST')
  expect(variableFor('payments', 'maxConnections')).toBe('POLYPOOL_PAYMENTS__MAX_CONNECTIONS')
})

it.each([
  ['MAX_CONNECTIONS', '40', 'maxConnections', 40],
  ['MAX_CONNECTIONS', ' 40 ', 'maxConnections', 40],
  ['MAX_CONNECTIONS', 'unlimited', 'maxConnections', Number.POSITIVE_INFINITY],
  ['MAX_PENDING', '0', 'maxPending', 0],
  ['ACQUIRE_TIMEOUT', '1500', 'acquireTimeout', 1500],
  ['ACQUIRE_TIMEOUT', '1.5s', 'acquireTimeout', 1500],
  ['KEEP_ALIVE', 'false', 'keepAlive', false],
  ['TCP_KEEP_ALIVE', 'false', 'tcpKeepAlive', false],
  ['TCP_KEEP_ALIVE', '30s', 'tcpKeepAlive', 30_000],
  ['SCHEDULING', 'fifo', 'scheduling', 'fifo'],
] as const)('POLYPOOL_%s=%s', async (name, text, field, value) => {
  expect((await read({ [`POLYPOOL_${name}`]: text })).pools.get('default')?.config[field]).toBe(value)
})

it('takes a proxy and what is reached without it, set apart by commas or spaces', async () => {
  const env = { POLYPOOL_PROXY: 'http://user:sesame@proxy.test:3128', POLYPOOL_NO_PROXY: 'localhost, .internal 10.0.0.0/8,' }
  const { proxy, noProxy } = (await read(env)).pools.get('default')?.config ?? {}
  expect(String(proxy)).toBe('http://user:***@proxy.test:3128')
  expect(noProxy).toEqual(['localhost', '.internal', '10.0.0.0/8'])
  const byEnv = (await read({ POLYPOOL_PROXY: 'env', POLYPOOL_NO_PROXY: 'env' })).pools.get('payments')?.config
  expect([byEnv?.proxy, byEnv?.noProxy]).toEqual(['env', 'env'])
  expect((await read({ POLYPOOL_PROXY: 'false' })).pools.get('default')?.config.proxy).toBe(false)
})

it('repeats no password', async () => {
  const env = {
    POLYPOOL_PROXY: 'user:sesame@proxy.test',
    POLYPOOL_PAYMENTS__PROXY: 'http://user:sesame',
    POLYPOOL_NO_PROXY: 'http://a',
  }
  const error = await read(env).catch((thrown: PoolConfigError) => thrown)
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('sesame')
  expect((error as PoolConfigError).issues.map(({ message }) => message)).toEqual([
    'POLYPOOL_NO_PROXY: "http://a" has a scheme: write the host alone, or host:port',
    expect.stringMatching(/^POLYPOOL_PAYMENTS__PROXY: "http:\/\/user:…" is no URL: /),
    'POLYPOOL_PROXY: "…@proxy.test" has no scheme: write it in front, as in "http://proxy.example:3128"',
  ])
})

it.each([
  ['POLYPOOL_PAYMENTS__MAX_PENDING', 'payments'],
  ['POLYPOOL_PAYMENTS_EU__MAX_PENDING', 'payments-eu'],
  ['POLYPOOL_PAYMENTSEU__MAX_PENDING', 'payments-eu'],
  ['POLYPOOL_SEARCH_API__MAX_PENDING', 'searchApi'],
  ['POLYPOOL_SEARCHAPI__MAX_PENDING', 'searchApi'],
  ['POLYPOOL_B_C__MAX_PENDING', 'b.c'],
  ['POLYPOOL_DEFAULT__MAX_PENDING', 'default'],
])('%s is for pool %s', async (variable, name) => {
  const { pools } = await read({ [variable]: '7' })
  expect(pools.get(name)?.config.maxPending).toBe(7)
  expect([...pools.values()].filter(({ explicit }) => explicit.maxPending === 7)).toHaveLength(name === 'default' ? 5 : 1)
})

describe('mistakes', () => {
  it.each<[string, string, string]>([
    ['POLYPOOL_MAX_CONECTIONS', '4', 'unknown variable: did you mean POLYPOOL_MAX_CONNECTIONS?'],
    ['POLYPOOL_PAYMENTS__MAX_CONECTIONS', '4', 'unknown variable: did you mean POLYPOOL_PAYMENTS__MAX_CONNECTIONS?'],
    ['POLYPOOL_PAYMENT__BLOCK', 'true', 'there is no pool PAYMENT: did you mean POLYPOOL_PAYMENTS__BLOCK?'],
    ['POLYPOOL_ORDERS__BLOCK', 'true', 'there is no pool ORDERS: the pools are default, payments, payments-eu, searchApi, b.c'],
    [
      'POLYPOOL_PAYMENTS_MAX_CONNECTIONS',
      '4',
      'unknown variable: two underscores follow the pool: POLYPOOL_PAYMENTS__MAX_CONNECTIONS',
    ],
    ['POLYPOOL_MAX_SOCKETS', '4', "that is http.Agent's name: use POLYPOOL_MAX_CONNECTIONS_PER_HOST"],
    ['POLYPOOL_MIN', '4', 'unknown variable: did you mean POLYPOOL_MIN_IDLE_CONNECTIONS_PER_HOST?'],
    ['POLYPOOL_MIN_CONNECTIONS', '4', 'unknown variable: use POLYPOOL_MIN_IDLE_CONNECTIONS_PER_HOST'],
    ['POLYPOOL_MIN_IDLE_CONNECTIONS', '4', 'unknown variable: did you mean POLYPOOL_MIN_IDLE_CONNECTIONS_PER_HOST?'],
    ['POLYPOOL_PAYMENTS__POOL_TIMEOUT', '4', "that is urllib3's name: use POLYPOOL_PAYMENTS__ACQUIRE_TIMEOUT"],
    ['POLYPOOL_HOSTS', '{}', "overrides by host can't be set by a variable: write hosts in the config file"],
    ['POLYPOOL_PAYMENTS__HOSTS', '{}', "overrides by host can't be set by a variable: write hosts in the config file"],
    ['POLYPOOL_MAX_PENDING', '', 'it is set but empty: give it a value, or unset it'],
    ['POLYPOOL_MAX_PENDING', '-1', '-1 is negative: use 0, a positive integer or "unlimited"'],
    ['POLYPOOL_MAX_PENDING', '007', '"007" is a string: write the number 7'],
    [
      'POLYPOOL_MAX_CONNECTIONS',
      '0',
      '0 is not a cap: use a positive integer or "unlimited" (to refuse instead of waiting, set POLYPOOL_BLOCK=false)',
    ],
    [
      'POLYPOOL_PAYMENTS__MAX_LIFETIME',
      '0',
      '0 is not a duration: use milliseconds or a string such as "500ms", "5s", "10m", "1h", or "unlimited" (to use each connection once, set POLYPOOL_PAYMENTS__KEEP_ALIVE=false)',
    ],
    ['POLYPOOL_KEEP_ALIVE', 'yes', '"yes" is neither true nor false: use one of them, without quotes'],
    ['POLYPOOL_KEEP_ALIVE', '1', '1 is neither true nor false: use one of them, without quotes'],
    ['POLYPOOL_ACQUIRE_TIMEOUT', '5 secs', '"5 secs" is not a duration: write "5s"'],
  ])('%s=%s', async (variable, text, message) => {
    const { issues } = await refusal(read({ [variable]: text }))
    const value = /^(unknown|there is no|that is|overrides)/.test(message) ? undefined : text
    expect(issues).toEqual([expect.objectContaining({ variable, value, message: `${variable}: ${message}` })])
  })

  it('knows a field by its beginning', async () => {
    const { message } = await refusal(read({ POLYPOOL_MAX_STREAMS: '1' }))
    expect(message).toBe('POLYPOOL_MAX_STREAMS: unknown variable: did you mean POLYPOOL_MAX_STREAMS_PER_CONNECTION?')
  })

  it('lists the fields if none is near', async () => {
    const { message } = await refusal(read({ POLYPOOL_XYZ: '1' }))
    expect(message).toMatch(
      /^POLYPOOL_XYZ: unknown variable: the fields are MAX_CONNECTIONS, MAX_CONNECTIONS_PER_HOST, .*, PING_INTERVAL$/,
    )
    expect(message).not.toContain(' HOSTS')
  })

  it('of two variables for one field, and of a name that several pools share', async () => {
    const { message } = await refusal(read({ POLYPOOL_BLOCK: 'true', POLYPOOL_DEFAULT__BLOCK: 'false' }))
    expect(message).toBe('POLYPOOL_DEFAULT__BLOCK: POLYPOOL_BLOCK sets the same field of pool default: keep one of them')
    const { root } = new Workspace({ 'a.yaml': 'pools: { a-b: {}, a.b: {} }' })
    const both = await refusal(readPools({ cwd: root, file: 'a.yaml', env: { POLYPOOL_A_B__BLOCK: 'true' } }))
    expect(both.message).toBe('POLYPOOL_A_B__BLOCK: it may mean pool a-b or a.b: rename one of them')
  })
})

it('leaves alone what Kubernetes sets for a service of that name, and other prefixes', async () => {
  const { pools } = await read({
    POLYPOOL_SERVICE_HOST: '10.0.0.1',
    POLYPOOL_SERVICE_PORT: '80',
    POLYPOOL_SERVICE_PORT_HTTP: '80',
    POLYPOOL_PORT: 'tcp://10.0.0.1:80',
    POLYPOOL_PORT_80_TCP: 'tcp://10.0.0.1:80',
    POLYPOOL_PORT_80_TCP_PROTO: 'tcp',
    POLYPOOL_ADMIN_SERVICE_HOST: '10.0.0.1',
    POLYPOOL_ADMIN_PORT_80_TCP_ADDR: '10.0.0.1',
    POLYPOOLS: '1',
    MAX_CONNECTIONS: '1',
  })
  expect(pools.get('default')?.explicit).toEqual({})
})

it('is process.env unless told otherwise', async () => {
  const { root } = new Workspace()
  process.env.POLYPOOL_MAX_HOSTS = '3'
  try {
    expect((await readPools({ cwd: root })).pools.get('default')?.config.maxHosts).toBe(3)
    expect((await readPools({ cwd: root, env: false })).pools.get('default')?.explicit).toEqual({})
  } finally {
    delete process.env.POLYPOOL_MAX_HOSTS
  }
})
