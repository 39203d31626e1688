import fc from 'fast-check'
import { expect, test } from 'vitest'
import { namePools } from '../../../src/reading/python/pool-names.ts'
import { poolName, uniqueNames } from '../../../src/reading/shared/pool-names.ts'

test.each([
  ['paymentsHttpsAgent', 'payments'],
  ['orders_api', 'orders'],
  ['agent', 'agent'],
  ['HTTPServer2', 'httpserver2'],
  ['__proto__', 'proto'],
  ['été', 't'],
  ['$', ''],
])('%s is %j', (variable, name) => {
  expect(poolName(variable)).toBe(name)
})

test('names that come twice are numbered, and no number makes a name that is there', () => {
  expect(uniqueNames(['a', 'b', 'a', 'a'])).toEqual(['a', 'b', 'a-2', 'a-3'])
  expect(uniqueNames(['a', 'a', 'a-2'])).toEqual(['a', 'a-3', 'a-2'])
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'a-2', 'a-3', 'a-2-2', 'b')), (names) => {
      expect(new Set(uniqueNames(names)).size).toBe(names.length)
    }),
  )
})

test('pools of Python are named after variables, or else files, or in documents libraries', () => {
  const named = (file: string, ...variables: (string | undefined)[]) =>
    namePools(variables.map((variable) => ({ variable, dialect: 'httpx', file })))
  expect(named('a.py', 'payments_client')).toEqual(['default'])
  expect(named('app/orders.py', 'payments_client', 'client', 'usersSession', undefined, 'default')).toEqual([
    'payments',
    'orders',
    'users',
    'orders-2',
    'orders-3',
  ])
  expect(named('app/__init__.py', 'client', 's')).toEqual(['httpx', 'httpx-2'])
  expect(named('pools.md', 'client', 'fast_client')).toEqual(['httpx', 'fast'])
})
