import { expect, test } from 'vitest'
import { fields } from '../../src/config/fields.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfigField } from '../../src/config/types.ts'
import { conceal } from '../../src/config/values.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { effort } from '../time.ts'
import { badConfigs } from './bad/configs.ts'
import { badHostKeys, badOverrides } from './bad/hosts.ts'
import { badNames } from './bad/names.ts'
import { badValues } from './bad/values.ts'

function errorOf(config: unknown): PoolConfigError {
  try {
    parsePoolConfig(config)
  } catch (error) {
    if (error instanceof PoolConfigError) return error
    throw error
  }
  throw new Error('the config was accepted')
}

test.each(badValues)('%s is not %o', (field, value, message) => {
  const { issues } = errorOf({ [field]: value })
  expect(issues).toEqual([{ path: field, value: conceal(field as PoolConfigField, value), message: `${field}: ${message}` }])
})

test.each(Object.entries(badNames))('%s is no field', (key, message) => {
  const { issues } = errorOf({ [key]: 1 })
  expect(issues).toHaveLength(1)
  // Keys that are no words are quoted.
  expect(issues[0]?.message).toBe(`${issues[0]?.path}: ${message}`)
  expect([key, JSON.stringify(key)]).toContain(issues[0]?.path)
})

test.each(Object.entries(badHostKeys))('%o is no host', (key, message) => {
  // A password that was put where a host belongs is not repeated.
  const path = `hosts[${JSON.stringify(key.replace('user:secret', '…'))}]`
  expect(errorOf({ hosts: { [key]: {} } }).issues).toEqual([{ path, value: {}, message: `${path}: ${message}` }])
})

test.each(badOverrides)('a host takes no %s: %o', (field, value, message) => {
  const path = `hosts["api.test"].${field}`
  // The value of an unknown field may be a secret in the wrong place: errors are logged.
  const given = Object.hasOwn(fields, field) ? value : undefined
  expect(errorOf({ hosts: { 'api.test': { [field]: value } } }).issues).toEqual([
    { path, value: given, message: `${path}: ${message}` },
  ])
})

test.each(badConfigs)('%s', (config, message) => {
  expect(errorOf(config()).message).toBe(message)
})

test('everything that is wrong is said at once, fields and hosts alike', () => {
  const { issues, code } = errorOf({
    maxConnections: 0,
    maxSockets: 5,
    hosts: { 'a.test': { keepAlive: 1, block: true }, '*': {} },
    acquireTimeout: '2',
  })
  expect(code).toBe('ERR_POOL_CONFIG')
  expect(issues.map(({ path }) => path)).toEqual([
    'maxConnections',
    'maxSockets',
    'hosts["a.test"].keepAlive',
    'hosts["a.test"].block',
    'hosts["*"]',
    'acquireTimeout',
  ])
})

test('an endless list of mistakes is cut', () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field${index}`, index]))
  const spent = effort()
  const inPool = errorOf(many)
  const inHosts = errorOf({ hosts: many })
  const inHost = errorOf({ hosts: { 'api.test': many } })
  expect(spent()).toBeLessThan(500)
  for (const { issues, message } of [inPool, inHosts, inHost]) {
    expect(issues).toHaveLength(101)
    expect(issues.at(-1)?.message).toBe('and 99900 more')
    expect(message.length).toBeLessThan(60_000)
  }
})

test('no input reaches the prototype of anything', () => {
  const config =
    '{"__proto__": {"polluted": 1}, "hosts": {"__proto__": {"polluted": 1}, "a.test": {"__proto__": {"polluted": 1}}}}'
  expect(errorOf(JSON.parse(config)).issues).toHaveLength(4)
  expect({}).not.toHaveProperty('polluted')
  const { hosts } = parsePoolConfig({ hosts: { constructor: { keepAlive: false }, tostring: {} } }).config
  expect(Object.keys(hosts)).toEqual(['constructor', 'tostring'])
  expect(Object.getPrototypeOf(hosts)).toBe(Object.prototype)
})
